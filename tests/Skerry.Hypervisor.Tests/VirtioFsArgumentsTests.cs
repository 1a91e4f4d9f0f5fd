using Skerry.Core;
using Skerry.Hypervisor.VirtioFs;

namespace Skerry.Hypervisor.Tests;

public sealed class VirtioFsArgumentsTests
{
    private static readonly VirtioFsDaemonConfig s_config = new()
    {
        Path = "/usr/lib/qemu/virtiofsd",
        SharedDirectory = "/run/skerry/a,b/shared",
        SocketPath = "/run/skerry/a,b/virtiofsd.sock",
        Cache = "never",
        ExtraArguments = ["--thread-pool-size=1", "--announce-submounts"],
    };

    [Fact]
    public void CDaemon_GetsItsOwnWords() => Assert.Equal(
        ["--fd=3", "--rlimit-nofile=1024", "-f", "-o", @"source=/run/skerry/a\,b/shared", "-o", "cache=none", "--thread-pool-size=1", "-o", "announce_submounts"],
        VirtioFsArguments.Build(s_config, VirtioFsDialect.C, 1024));

    [Fact]
    public void RustDaemon_GetsKatasWords() => Assert.Equal(
        ["--fd=3", "--rlimit-nofile=1024", "--shared-dir=/run/skerry/a,b/shared", "--cache=never", "--thread-pool-size=1", "--announce-submounts"],
        VirtioFsArguments.Build(s_config, VirtioFsDialect.Rust, 1024));

    [Fact]
    public void OptionWithoutACWord_IsNamed()
    {
        VirtioFsDaemonConfig config = s_config with { ExtraArguments = ["--inode-file-handles=mandatory"] };
        var error = Assert.Throws<HypervisorException>(() => VirtioFsArguments.Build(config, VirtioFsDialect.C, 1));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("--inode-file-handles=mandatory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownCacheMode_IsNamed() =>
        Assert.Throws<HypervisorException>(() => VirtioFsArguments.Build(s_config with { Cache = "sometimes" }, VirtioFsDialect.Rust, 1));
}
