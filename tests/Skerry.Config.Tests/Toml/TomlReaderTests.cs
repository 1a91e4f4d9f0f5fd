using System.Text;
using Skerry.Config.Toml;

namespace Skerry.Config.Tests.Toml;

public sealed class TomlReaderTests
{
    [Theory]
    [MemberData(nameof(ValidTomlCases.Comments), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.Keys), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.BasicStrings), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.LiteralStrings), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.MultiLineBasicStrings), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.MultiLineLiteralStrings), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.Integers), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.Floats), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.Booleans), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.DatesAndTimes), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.Arrays), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.InlineTables), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.Tables), MemberType = typeof(ValidTomlCases))]
    [MemberData(nameof(ValidTomlCases.ArraysOfTables), MemberType = typeof(ValidTomlCases))]
    public void ValidText_MeansItsTable(string text, string expected)
    {
        TomlDocument document = TomlDocument.Parse(text);
        Assert.Empty(document.Errors);
        Assert.Equal(expected, document.Root.ToString());
    }

    [Theory]
    [MemberData(nameof(InvalidTomlCases.All), MemberType = typeof(InvalidTomlCases))]
    public void InvalidText_IsReportedWhereTheFaultIs(string text, int line, int column, string about)
    {
        TomlDocument document = TomlDocument.Parse(text);
        Assert.NotEmpty(document.Errors);
        TomlError first = document.Errors[0];
        Assert.Equal(new TomlPosition(line, column), first.Position);
        Assert.Contains(about, first.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'=', (byte)'"', 0xFF, (byte)'"' }, 1, 4)]
    [InlineData(new byte[] { (byte)'#', (byte)'\n', (byte)'#', 0xC3 }, 2, 2)]
    [InlineData(new byte[] { (byte)'#', 0xED, 0xA0, 0x80 }, 1, 2)]
    [InlineData(new byte[] { (byte)'#', 0xC0, 0x80 }, 1, 2)]
    public void InvalidUtf8_IsReportedAtItsFirstBadSequence(byte[] utf8, int line, int column)
    {
        TomlError error = Assert.Single(TomlDocument.Parse(utf8).Errors);
        Assert.Equal(new TomlPosition(line, column), error.Position);
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralFaults_AreAllReported_AndTheGoodLinesAreRead()
    {
        const string Text = """
            good = 1
            bad =
            also_good = 2
            broken = [1,
              2 3,
              4]
            [table
            lost = true
            [fine]
            x = "é" y
            z = 3
            """;
        TomlDocument document = TomlDocument.Parse(Text);
        Assert.Equal(["2:6", "5:5", "7:7", "10:9"], document.Errors.Select(error => error.Position.ToString()));
        Assert.Equal("{ good = 1, also_good = 2, fine = { x = \"é\", z = 3 } }", document.Root.ToString());
    }

    [Fact]
    public void ColumnsCountCodePoints_NotUtf16Units() =>
        Assert.Equal(new TomlPosition(1, 9), Assert.Single(TomlDocument.Parse("a = '😀' x").Errors).Position);

    [Fact]
    public void KeysAndValues_KnowTheirPlace()
    {
        TomlTable root = TomlDocument.Parse("# one\n[t]\n  key = 'value'").Root;
        TomlEntry entry = ((TomlTable)root.Find("t")!.Value).Find("key")!;
        Assert.Equal(new TomlPosition(3, 3), entry.KeyPosition);
        Assert.Equal(new TomlPosition(3, 9), entry.Value.Position);
    }

    [Theory]
    [InlineData("a = ", '[', 65)]
    [InlineData("a = ", '[', 100_000)]
    public void NestingBeyondTheLimit_IsRefusedWithoutExhaustingTheStack(string before, char opening, int count)
    {
        TomlDocument document = TomlDocument.Parse(before + new string(opening, count));
        Assert.Contains("at most 64 deep", document.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NestingAtTheLimit_IsRead() =>
        Assert.Empty(TomlDocument.Parse("a = " + new string('[', 64) + new string(']', 64)).Errors);

    [Fact]
    public void DeepInlineTablesAndLongKeys_AreRefused()
    {
        string tables = string.Concat(Enumerable.Repeat("{a=", 1000));
        Assert.NotEmpty(TomlDocument.Parse("a = " + tables).Errors);
        Assert.Contains("64 parts", TomlDocument.Parse(string.Join('.', Enumerable.Repeat("k", 65)) + " = 1").Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextBeyondOneMebibyte_IsRefusedWithItsSize()
    {
        var text = new byte[TomlDocument.MaxSizeBytes + 1];
        text.AsSpan().Fill((byte)'\n');
        Assert.Contains("1048577 bytes", Assert.Single(TomlDocument.Parse(text).Errors).Message, StringComparison.Ordinal);
        Assert.Empty(TomlDocument.Parse(text.AsSpan(1)).Errors);
    }

    [Fact]
    public void FaultsWithoutEnd_StopAtTheLimit() =>
        Assert.Equal(TomlDocument.MaxErrors, TomlDocument.Parse(string.Concat(Enumerable.Repeat("a = \n", 1000))).Errors.Count);

    [Fact]
    public void LongArraysOnOneLine_TakeLinearTime()
    {
        string text = "a = [" + string.Join(',', Enumerable.Repeat("1", 400_000)) + "]";
        TomlDocument document = TomlDocument.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Equal(400_000, ((TomlArray)document.Root.Find("a")!.Value).Items.Count);
    }
}
