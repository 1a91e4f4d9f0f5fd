using Skerry.Config.Toml;

namespace Skerry.Config.Tests.Toml;

public sealed class TomlWriterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("with-dash_1", "with-dash_1")]
    [InlineData("a.b", "\"a.b\"")]
    [InlineData("", "\"\"")]
    [InlineData("é", "\"é\"")]
    public void Keys_AreQuotedOnlyWhereNeeded(string key, string expected) => Assert.Equal(expected, TomlWriter.FormatKey(key));

    [Fact]
    public void EveryTextOfControlCharacters_ReadsBackAsItself()
    {
        string text = string.Concat(Enumerable.Range(0, 0x300).Select(c => (char)c)) + "\U0001F600";
        TomlDocument document = TomlDocument.Parse("a = " + TomlWriter.Quote(text));
        Assert.Empty(document.Errors);
        Assert.Equal(text, ((TomlString)document.Root.Find("a")!.Value).Value);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.1)]
    [InlineData(1e300)]
    [InlineData(-5e-324)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.NaN)]
    public void Floats_ReadBackBitForBit(double number)
    {
        TomlValue value = TomlDocument.Parse("a = " + TomlWriter.Format(new TomlFloat(number))).Root.Find("a")!.Value;
        Assert.Equal(number, Assert.IsType<TomlFloat>(value).Value);
    }

    [Theory]
    [MemberData(nameof(ValidTomlCases.Tables), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.InlineTables), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.DatesAndTimes), MemberType = typeof(ValidTomlCases))]
    public void WhatIsWritten_ReadsBackAsTheSameTable(string text, string written)
    {
        TomlTable table = TomlDocument.Parse(text).Root;
        TomlValue again = TomlDocument.Parse("t = " + written).Root.Find("t")!.Value;
        Assert.Equal(table.ToString(), again.ToString());
    }
}
