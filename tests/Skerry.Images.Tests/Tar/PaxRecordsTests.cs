using System.Text;
using Skerry.Images.Tar;

namespace Skerry.Images.Tests.Tar;

public sealed class PaxRecordsTests
{
    [Theory]
    [InlineData("20 mtime=12.5000000\n", 12, 500_000_000)]
    [InlineData("12 mtime=-3\n", -3, 0)]
    [InlineData("15 mtime=-3.25\n", -4, 750_000_000)]
    [InlineData("26 mtime=1.12345678999999\n", 1, 123_456_789)]
    public void Times_KeepTheirFraction(string record, long seconds, int nanoseconds)
    {
        var records = new PaxRecords();
        records.Add(Encoding.ASCII.GetBytes(record));
        Assert.Equal((seconds, nanoseconds), records.FindTime("mtime"));
    }

    [Theory]
    [InlineData("9 path=abc\n")]
    [InlineData("99 path=abc\n")]
    [InlineData("12 path abc\n")]
    [InlineData("x path=abc\n")]
    [InlineData("-3 path=abc\n")]
    [InlineData("12 path=abcX")]
    public void AMalformedRecord_IsRefused(string record)
    {
        var records = new PaxRecords();
        Assert.Throws<ImageException>(() => records.Add(Encoding.ASCII.GetBytes(record)));
    }

    [Fact]
    public void AnEmptyValue_TakesAnEarlierOneBack()
    {
        var records = new PaxRecords();
        records.Add("12 path=abc\n"u8);
        records.Add("8 path=\n"u8);
        Assert.Null(records.Find("path"));
    }
}
