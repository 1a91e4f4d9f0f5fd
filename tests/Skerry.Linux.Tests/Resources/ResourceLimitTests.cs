using Skerry.Core;

namespace Skerry.Linux.Tests;

public sealed class ResourceLimitTests
{
    [Fact]
    public void OciName_BecomesAKind() =>
        Assert.Equal(new ResourceLimit(ResourceLimitKind.RLIMIT_NOFILE, 10, 20), ResourceLimit.FromOci("RLIMIT_NOFILE", 10, 20));

    [Fact]
    public void EveryKind_IsFoundByItsName() => Assert.All(
        Enum.GetValues<ResourceLimitKind>(),
        kind => Assert.Equal((true, kind), (ResourceLimit.TryParseKind(kind.ToString(), out ResourceLimitKind found), found)));

    [Theory]
    [InlineData("RLIMIT_NOPE")]
    [InlineData("RLIMIT_77")]
    [InlineData("nofile")]
    [InlineData("")]
    public void UnknownOciName_IsRefusedByName(string type)
    {
        var error = Assert.Throws<SkerryException>(() => ResourceLimit.FromOci(type, 1, 1));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains($"invalid rlimit type: {type}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SoftAboveHard_IsRefused() => Assert.Throws<SkerryException>(() => ResourceLimit.FromOci("RLIMIT_CPU", 2, 1));

    [Theory]
    [InlineData("nofile=1024", ResourceLimitKind.RLIMIT_NOFILE, 1024UL, 1024UL)]
    [InlineData("nofile=1024:4096", ResourceLimitKind.RLIMIT_NOFILE, 1024UL, 4096UL)]
    [InlineData("core=unlimited", ResourceLimitKind.RLIMIT_CORE, ulong.MaxValue, ulong.MaxValue)]
    [InlineData("memlock=-1:-1", ResourceLimitKind.RLIMIT_MEMLOCK, ulong.MaxValue, ulong.MaxValue)]
    public void Ulimits_AreReadAsDockerWritesThem(string text, ResourceLimitKind kind, ulong soft, ulong hard) =>
        Assert.Equal(new ResourceLimit(kind, soft, hard), ResourceLimit.Parse(text));

    [Theory]
    [InlineData("nofile")]
    [InlineData("nofile=")]
    [InlineData("nofile=a")]
    [InlineData("nofile=5:4")]
    [InlineData("what=5")]
    public void BadUlimit_IsRefused(string text) => Assert.Throws<SkerryException>(() => ResourceLimit.Parse(text));
}
