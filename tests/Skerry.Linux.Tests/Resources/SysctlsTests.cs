using Skerry.Core;
using Skerry.Linux.Netlink;

namespace Skerry.Linux.Tests;

public sealed class SysctlsTests
{
    [Theory]
    [InlineData("net.ipv4.ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net/ipv4/conf/eth0.5/forwarding", "net/ipv4/conf/eth0.5/forwarding")]
    [InlineData("kernel.shm_rmid_forced", "kernel/shm_rmid_forced")]
    [InlineData("net.ipv4.conf.eth0/5.forwarding", "net/ipv4/conf/eth0.5/forwarding")]
    [InlineData("kernel", "kernel")]
    public void Names_BecomePaths(string name, string path) => Assert.Equal(path, Sysctls.PathOf(name));

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("net/../../sysrq-trigger")]
    [InlineData("/etc/passwd")]
    [InlineData("net..ipv4")]
    [InlineData("a.//.b")]
    [InlineData("a/./b")]
    [InlineData("a/b\0c")]
    public void NamesThatLeadElsewhere_AreRefused(string name) =>
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => Sysctls.Write(name, "1")).Kind);

    [Fact]
    public void UnknownParameter_ErrorNamesIt()
    {
        var error = Assert.Throws<SyscallException>(() => Sysctls.Write("net.skerry.none", "1"));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Contains("sysctl \"net.skerry.none\"", error.Message, StringComparison.Ordinal);
        Assert.Null(Sysctls.TryRead("net.skerry.none"));
    }

    [Fact]
    public void Parameter_IsSetInTheCallersNamespaceOnly()
    {
        Root.Require();
        using FileDescriptor other = NetworkNamespace.Create();
        string? outside = Sysctls.TryRead("net.ipv4.ip_default_ttl");
        string? inside = NetworkNamespace.Run(other, () =>
        {
            Sysctls.Write("net.ipv4.ip_default_ttl", "33");
            return Sysctls.TryRead("net.ipv4.ip_default_ttl");
        });
        Assert.Equal("33", inside);
        Assert.Equal(outside, Sysctls.TryRead("net.ipv4.ip_default_ttl"));
    }

    [Fact]
    public void RefusedValue_IsReported()
    {
        Root.Require();
        using FileDescriptor other = NetworkNamespace.Create();
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => NetworkNamespace.Run(other, () => Sysctls.Write("net.ipv4.ip_default_ttl", "many"))).Errno);
    }
}
