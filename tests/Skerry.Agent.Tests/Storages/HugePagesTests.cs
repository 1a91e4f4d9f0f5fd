using Skerry.Agent.Storages;

namespace Skerry.Agent.Tests.Storages;

public sealed class HugePagesTests
{
    [Theory]
    [InlineData("4194304", 4_194_304)]
    [InlineData("2M", 2_097_152)]
    [InlineData("8192k", 8_388_608)]
    [InlineData("1G", 1_073_741_824)]
    [InlineData("", 0)]
    [InlineData("many", 0)]
    [InlineData("-1", 0)]
    [InlineData("99999999999999999999G", 0)]
    [InlineData("18446744073709551615G", 0)]
    public void ASize_IsReadAsMountOptionsHaveIt(string text, ulong expected) => Assert.Equal(expected, HugePages.ParseSize(text));
}
