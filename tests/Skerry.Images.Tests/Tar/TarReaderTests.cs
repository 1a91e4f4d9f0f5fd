using System.Text;
using Skerry.Images.Tar;
using Skerry.Images.Tests.Support;

namespace Skerry.Images.Tests.Tar;

public sealed class TarReaderTests
{
    [Fact]
    public void EveryField_SurvivesWritingAndReading()
    {
        TarEntry written = Layer.Entry(new string('n', 150)) with
        {
            Mode = 0b100_111_101_101,
            Uid = 3_000_000,
            Gid = 4_000_000_000,
            ModifiedSeconds = -5,
            ModifiedNanoseconds = 123_456_789,
            Xattrs = [KeyValuePair.Create("security.capability", new byte[] { 1, 0, 0, 2, 0xff, 0xfe, (byte)'\n', 0 })],
        };
        TarEntry read = Read(new Layer().Add(written, "hello").ToArray(), out string content);
        Assert.Equal(written.Name, read.Name);
        Assert.Equal((written.Mode, written.Uid, written.Gid), (read.Mode, read.Uid, read.Gid));
        Assert.Equal((-5, 123_456_789), (read.ModifiedSeconds, read.ModifiedNanoseconds));
        Assert.Equal(written.Xattrs[0].Value, Assert.Single(read.Xattrs).Value);
        Assert.Equal("hello", content);
    }

    [Fact]
    public void NamesThatAreNotUtf8_StayAsTheyAre()
    {
        byte[] name = [0xff, (byte)'a', 0x80];
        Assert.Equal(name, Read(new Layer().Add(Layer.Entry("x") with { Name = name }).ToArray(), out _).Name);
    }

    [Theory]
    [InlineData("gnu")]
    [InlineData("oldgnu")]
    [InlineData("pax")]
    [InlineData("ustar")]
    [InlineData("v7")]
    public void EveryDialectOfGnuTar_IsUnderstood(string format)
    {
        using var directory = new TemporaryDirectory();
        string name = format is "v7" or "ustar" ? "short" : Path.Combine(new string('d', 120), new string('f', 120));
        directory.Make(Path.Combine("in", Path.GetDirectoryName(name)!));
        File.WriteAllText(directory[Path.Combine("in", name)], "content");
        byte[] archive = Run.Output("tar", [], "--format", format, "-C", directory["in"], "-cf", "-", ".");

        var reader = new TarReader(new MemoryStream(archive), TarLimits.Default);
        var names = new List<string>();
        for (TarEntry? entry = reader.Next(); entry is not null; entry = reader.Next())
        {
            names.Add(entry.DisplayName);
        }

        Assert.Contains($"./{name}", names);
        Assert.Equal("./", names[0]);
    }

    [Theory]
    [InlineData("oldgnu", "")]
    [InlineData("pax", "0.0")]
    [InlineData("pax", "0.1")]
    [InlineData("pax", "1.0")]
    public void SparseFiles_HaveTheirMap(string format, string version)
    {
        using var directory = new TemporaryDirectory();
        using (FileStream file = File.Create(directory["sparse"]))
        {
            for (int i = 1; i <= 30; i++)
            {
                file.Position = i * 1_000_000;
                file.WriteByte((byte)i);
            }

            file.SetLength(50_000_000);
        }

        string[] how = version.Length == 0 ? [] : ["--sparse-version", version];
        byte[] archive = Run.Output("tar", [], [.. how, "--format", format, "-S", "-C", directory.Root, "-cf", "-", "sparse"]);
        TarEntry entry = Read(archive, out _);
        Assert.Equal("sparse", entry.DisplayName.Split('/')[^1]);
        Assert.Equal(50_000_000, entry.SizeBytes);
        Assert.InRange(archive.Length, 1, 1_000_000);
        Assert.All(Enumerable.Range(1, 30), i => Assert.Contains(entry.Chunks!, c => c.Offset <= i * 1_000_000L && i * 1_000_000L < c.Offset + c.Length));
    }

    [Fact]
    public void ACutArchive_IsSaidToBeCut()
    {
        byte[] archive = new Layer().File("a", new string('x', 2000)).ToArray();
        ImageException error = Assert.Throws<ImageException>(() => Read(archive[..1500], out _));
        Assert.Contains("cut short at byte 1500", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GarbageInsteadOfAnArchive_IsSaidToBeGarbage()
    {
        byte[] garbage = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("garbage ", 100)));
        ImageException error = Assert.Throws<ImageException>(() => Read(garbage, out _));
        Assert.Contains("not a tar archive", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyEntries_AreRefused()
    {
        byte[] archive = new Layer().File("a").File("b").File("c").ToArray();
        var reader = new TarReader(new MemoryStream(archive), new TarLimits { MaxEntries = 2 });
        reader.Next();
        reader.Next();
        Assert.Contains("more than 2 entries", Assert.Throws<ImageException>(reader.Next).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AHugeHeader_IsRefusedBeforeItIsRead()
    {
        byte[] archive = new Layer().Add(Layer.Entry("a") with { Xattrs = [KeyValuePair.Create("user.big", new byte[2000])] }).ToArray();
        var reader = new TarReader(new MemoryStream(archive), new TarLimits { MaxSpecialBytes = 1000 });
        Assert.Contains("beyond the limit of 1000", Assert.Throws<ImageException>(reader.Next).Message, StringComparison.Ordinal);
    }

    private static TarEntry Read(byte[] archive, out string content)
    {
        var reader = new TarReader(new MemoryStream(archive), TarLimits.Default);
        TarEntry entry = reader.Next()!;
        using var data = new MemoryStream();
        byte[] buffer = new byte[333];
        for (int count = reader.ReadData(buffer); count > 0; count = reader.ReadData(buffer))
        {
            data.Write(buffer, 0, count);
        }

        content = Encoding.UTF8.GetString(data.ToArray());
        Assert.Null(reader.Next());
        return entry;
    }
}
