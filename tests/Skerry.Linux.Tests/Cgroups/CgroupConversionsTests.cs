using Skerry.Core;
using Skerry.Linux.Cgroups;

namespace Skerry.Linux.Tests.Cgroups;

public sealed class CgroupConversionsTests
{
    [Theory]
    [InlineData(1UL, 1UL)]
    [InlineData(2UL, 1UL)]
    [InlineData(102UL, 17UL)]
    [InlineData(512UL, 59UL)]
    [InlineData(1024UL, 100UL)]
    [InlineData(2048UL, 174UL)]
    [InlineData(262144UL, 10000UL)]
    [InlineData(ulong.MaxValue, 10000UL)]
    public void SharesBecomeAWeight_WithBothDefaultsMeeting(ulong shares, ulong weight) =>
        Assert.Equal(weight, CgroupConversions.WeightOfShares(shares));

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(0, 100, null)]
    [InlineData(0, -1, "max")]
    [InlineData(-1, 100, "max")]
    [InlineData(100, 100, "0")]
    [InlineData(300, 100, "200")]
    public void SwapOfV1_LosesTheMemoryInIt(long together, long memory, string? expected) =>
        Assert.Equal(expected, CgroupConversions.SwapMax(together, memory));

    [Theory]
    [InlineData(100, 0)]
    [InlineData(100, -1)]
    [InlineData(100, 200)]
    public void SwapWithoutOrBelowMemory_IsRefused(long together, long memory) =>
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => CgroupConversions.SwapMax(together, memory)).Kind);

    [Theory]
    [InlineData(50000, 100000UL, "max 100000", "50000 100000")]
    [InlineData(50000, 0UL, "max 20000", "50000 20000")]
    [InlineData(0, 50000UL, "30000 100000", "30000 50000")]
    [InlineData(-1, 0UL, "30000 100000", "max 100000")]
    [InlineData(50000, 0UL, null, "50000 100000")]
    [InlineData(0, 50000UL, "", "max 50000")]
    public void CpuMax_KeepsWhatWasNotAskedFor(long quota, ulong period, string? current, string expected) =>
        Assert.Equal(expected, CgroupConversions.CpuMax(quota, period, current));

    [Theory]
    [InlineData(10u, 1UL)]
    [InlineData(500u, 4950UL)]
    [InlineData(1000u, 10000UL)]
    public void BlkioWeight_IsScaled(uint weight, ulong expected) => Assert.Equal(expected, CgroupConversions.WeightOfBlkio(weight));
}
