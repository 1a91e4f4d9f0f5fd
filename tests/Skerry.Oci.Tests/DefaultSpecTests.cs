using Skerry.Core;

namespace Skerry.Oci.Tests;

public sealed class DefaultSpecTests
{
    [Fact]
    public void Options_ReachTheSpec()
    {
        OciSpec spec = DefaultSpec.Create(new DefaultSpecOptions
        {
            Id = "0123456789abcdef",
            Args = ["true"],
            MemoryBytes = 1 << 28,
            Cpus = 1.5,
            ReadOnlyRoot = true,
            Rlimits = [Ulimit.Parse("nofile=10:20"), Ulimit.Parse("core=unlimited")],
            Mounts = [MountArgument.ParseVolume("/a:/b:ro"), MountArgument.ParseTmpfs("/run:size=1m")],
        });
        Assert.Equal("0123456789ab", spec.Hostname);
        Assert.Equal(150_000, spec.Linux!.Resources!.Cpu!.Quota);
        Assert.Equal(1 << 28, spec.Linux.Resources.Memory!.Limit);
        Assert.True(spec.Root!.Readonly);
        Assert.Equal(["RLIMIT_NOFILE", "RLIMIT_CORE"], spec.Process!.Rlimits.Select(limit => limit.Type));
        Assert.Equal((10ul, 20ul), (spec.Process.Rlimits[0].Soft, spec.Process.Rlimits[0].Hard));
        Assert.Equal(["rbind", "rprivate", "ro"], spec.Mounts.Single(mount => mount.Destination == "/b").Options);
        Assert.Equal("tmpfs", Assert.Single(spec.Mounts, mount => mount.Destination == "/run").Source);
        Assert.Empty(spec.Validate());
    }

    [Fact]
    public void Capabilities_AreAddedAndDropped()
    {
        Assert.Equal(DefaultCapabilities.Names.Order(), DefaultCapabilities.Change([], []).Order());
        Assert.Empty(DefaultCapabilities.Change([], ["ALL"]));
        Assert.Equal(["CAP_NET_ADMIN"], DefaultCapabilities.Change(["net_admin"], ["all"]));
        Assert.Equal(DefaultCapabilities.All.Count - 1, DefaultCapabilities.Change(["ALL"], ["CAP_SYS_ADMIN"]).Count);
    }

    [Fact]
    public void AnUnknownCapability_IsNamed()
    {
        SkerryException error = Assert.Throws<SkerryException>(() => DefaultCapabilities.Change(["fly"], []));
        Assert.Contains("\"fly\"", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nofile")]
    [InlineData("speed=1")]
    [InlineData("nofile=a")]
    [InlineData("nofile=2:1")]
    [InlineData("nofile=-2")]
    public void AMalformedLimit_IsNamed(string text)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => Ulimit.Parse(text));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a")]
    [InlineData(":/b")]
    [InlineData("/a:b")]
    [InlineData("/a:/b:ro:x")]
    public void AMalformedVolume_IsNamed(string text)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => MountArgument.ParseVolume(text));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }
}
