namespace Skerry.Hypervisor.Tests;

public sealed class HostClockTests
{
    [Theory]
    [InlineData("model name\t: Intel(R) Xeon(R) Processor\ncpu MHz\t\t: 2700.000\n", 2_700_000)]
    [InlineData("model name\t: Intel(R) Xeon(R) CPU E5-2673 v4 @ 2.30GHz\ncpu MHz\t\t: 1200.123\n", 2_300_000)]
    [InlineData("model name\t: something else\n", 2_000_000)]
    [InlineData("cpu MHz\t\t: nonsense\n", 2_000_000)]
    [InlineData("cpu MHz\t\t: 3000.000\n\ncpu MHz\t\t: 1000.000\n", 3_000_000)]
    public void CpuInfo_SaysTheRate(string text, uint expected) => Assert.Equal(expected, HostClock.FromCpuInfo(text.Split('\n')));

    [Fact]
    public void ThisHost_HasAPlausibleRate() => Assert.InRange(HostClock.TscKHz(), 500_000u, 10_000_000u);
}
