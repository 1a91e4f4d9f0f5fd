using Skerry.Images.Tar;

namespace Skerry.Fuzz.Targets;

/// <summary>Archives to start from, and what keeps mutated ones interesting: without right checksums every mutation ends at the first header.</summary>
internal static class TarSeeds
{
    internal static IReadOnlyList<byte[]> All { get; } = [Ordinary(), Whiteouts(), Hostile(), Sparse()];

    internal static IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "../", "/", ".wh.", ".wh..wh..opq", "a/../b", "./", "24 GNU.sparse.size=1000\n", "22 GNU.sparse.major=1\n", "22 GNU.sparse.minor=0\n",
            "26 GNU.sparse.map=0,1,5,5\n", "13 path=../a\n", "20 SCHILY.xattr.a=b\n", "15 size=999999\n", "\0\0\0\0",
        }.Select(System.Text.Encoding.ASCII.GetBytes),
    ];

    /// <summary>Makes the checksum of everything that looks like a header right.</summary>
    internal static byte[] WithChecksums(byte[] input)
    {
        byte[] mended = [.. input];
        for (int start = 0; start + 512 <= mended.Length; start += 512)
        {
            Span<byte> block = mended.AsSpan(start, 512);
            if (block.Slice(257, 5).SequenceEqual("ustar"u8))
            {
                block.Slice(148, 8).Fill((byte)' ');
                int sum = 0;
                foreach (byte value in block)
                {
                    sum += value;
                }

                System.Text.Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ", block.Slice(148, 8));
            }
        }

        return mended;
    }

    private static byte[] Ordinary() => Write(
        (Entry("./", TarEntryType.Directory), ""),
        (Entry("a/", TarEntryType.Directory), ""),
        (Entry("a/file") with { Xattrs = [KeyValuePair.Create("user.x", new byte[] { 1, 0xff })], ModifiedNanoseconds = 5 }, "content"),
        (Entry("a/link", TarEntryType.Symlink) with { LinkTarget = "file"u8.ToArray() }, ""),
        (Entry("hard", TarEntryType.HardLink) with { LinkTarget = "a/file"u8.ToArray() }, ""),
        (Entry("fifo", TarEntryType.Fifo), ""));

    private static byte[] Whiteouts() => Write(
        (Entry("d/", TarEntryType.Directory), ""), (Entry("d/.wh.x"), ""), (Entry("d/.wh..wh..opq"), ""), (Entry("d", TarEntryType.File), "x"), (Entry(".wh.d"), ""));

    private static byte[] Hostile() => Write(
        (Entry("up", TarEntryType.Symlink) with { LinkTarget = ".."u8.ToArray() }, ""),
        (Entry("down", TarEntryType.Symlink) with { LinkTarget = "up/../.."u8.ToArray() }, ""),
        (Entry("abs", TarEntryType.Symlink) with { LinkTarget = "/tmp"u8.ToArray() }, ""),
        (Entry("s/", TarEntryType.Directory), ""),
        (Entry("s/t", TarEntryType.Symlink) with { LinkTarget = "../s"u8.ToArray() }, ""),
        (Entry("s/t/t/evil"), "x"),
        (Entry("up", TarEntryType.HardLink) with { LinkTarget = "s/t/evil"u8.ToArray() }, ""),
        (Entry("up/evil"), "x"));

    /// <summary>The pax sparse format 1.0: the map stands in front of the content. The first header becomes the extended one.</summary>
    private static byte[] Sparse()
    {
        const string Records = "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n28 GNU.sparse.realsize=2000\n21 GNU.sparse.name=s\n";
        byte[] archive = Write((Entry("pax"), Records), (Entry("sparse"), "2\n0\n5\n1000\n5\n".PadRight(512, '\0') + "hellohello"));
        archive[156] = (byte)'x';
        return archive;
    }

    private static byte[] Write(params (TarEntry Entry, string Content)[] entries)
    {
        using var stream = new MemoryStream();
        var writer = new TarWriter(stream);
        foreach ((TarEntry entry, string content) in entries)
        {
            writer.Write(entry, System.Text.Encoding.ASCII.GetBytes(content));
        }

        writer.End();
        return stream.ToArray();
    }

    private static TarEntry Entry(string name, TarEntryType type = TarEntryType.File) =>
        new() { Name = System.Text.Encoding.ASCII.GetBytes(name), Type = type, Mode = 0b110_100_100 };
}
