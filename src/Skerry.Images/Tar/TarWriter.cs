using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Skerry.Images.Tar;

/// <summary>Writes a tar archive in ustar, with a pax header where an entry needs one. The same entries give the same bytes.</summary>
internal sealed class TarWriter(Stream stream)
{
    private long _dataLeft;
    private long _paddingLeft;

    /// <summary>Writes the headers of <paramref name="entry"/>; exactly its size in bytes must follow through <see cref="WriteData"/>.</summary>
    internal void Begin(TarEntry entry)
    {
        Finish();
        byte[] pax = PaxOf(entry);
        if (pax.Length > 0)
        {
            stream.Write(Header(entry with { Name = "pax_header"u8.ToArray(), LinkTarget = [], Uid = 0, Gid = 0, Mode = 0b110_100_100 }, (byte)'x', pax.Length));
            stream.Write(pax);
            Pad(pax.Length);
        }

        long size = entry.Type == TarEntryType.File ? entry.SizeBytes : 0;
        stream.Write(Header(entry, TypeFlag(entry.Type), size));
        _dataLeft = size;
        _paddingLeft = PaddingOf(size);
    }

    /// <summary>Writes content of the entry begun last.</summary>
    internal void WriteData(ReadOnlySpan<byte> content)
    {
        if (content.Length > _dataLeft)
        {
            throw new InvalidOperationException($"the entry has {_dataLeft} bytes left, not {content.Length}");
        }

        stream.Write(content);
        _dataLeft -= content.Length;
    }

    /// <summary>Writes an entry with its content.</summary>
    internal void Write(TarEntry entry, ReadOnlySpan<byte> content = default)
    {
        Begin(entry with { SizeBytes = content.Length });
        WriteData(content);
    }

    /// <summary>Ends the archive.</summary>
    internal void End()
    {
        Finish();
        stream.Write(new byte[2 * TarHeader.BlockBytes]);
    }

    private void Finish()
    {
        if (_dataLeft != 0)
        {
            throw new InvalidOperationException($"the entry lacks {_dataLeft} bytes");
        }

        stream.Write(new byte[_paddingLeft]);
        _paddingLeft = 0;
    }

    private void Pad(long size) => stream.Write(new byte[PaddingOf(size)]);

    private static long PaddingOf(long size) => (TarHeader.BlockBytes - (size % TarHeader.BlockBytes)) % TarHeader.BlockBytes;

    private static byte[] PaxOf(TarEntry entry)
    {
        using var content = new MemoryStream();
        if (entry.Name.Length > 100)
        {
            AddRecord(content, "path", entry.Name);
        }

        if (entry.LinkTarget.Length > 100)
        {
            AddRecord(content, "linkpath", entry.LinkTarget);
        }

        if (entry.ModifiedNanoseconds != 0)
        {
            AddRecord(content, "mtime", Encoding.ASCII.GetBytes(Decimal(entry.ModifiedSeconds, entry.ModifiedNanoseconds)));
        }

        foreach (KeyValuePair<string, byte[]> xattr in entry.Xattrs)
        {
            AddRecord(content, $"SCHILY.xattr.{xattr.Key}", xattr.Value);
        }

        return content.ToArray();
    }

    /// <summary>A time as a decimal number; before 1970 the fraction counts towards zero there.</summary>
    private static string Decimal(long seconds, int nanoseconds) => seconds < 0
        ? string.Create(CultureInfo.InvariantCulture, $"-{-(seconds + 1)}.{1_000_000_000 - nanoseconds:d9}")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds}.{nanoseconds:d9}");

    /// <summary>The length at the front counts its own digits: grow it until it agrees with itself.</summary>
    private static void AddRecord(MemoryStream content, string key, byte[] value)
    {
        byte[] body = [(byte)' ', .. Encoding.UTF8.GetBytes(key), (byte)'=', .. value, (byte)'\n'];
        int length = body.Length;
        while (length != body.Length + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length = body.Length + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        content.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        content.Write(body);
    }

    private static byte[] Header(TarEntry entry, byte type, long size)
    {
        byte[] block = new byte[TarHeader.BlockBytes];
        entry.Name.AsSpan(0, Math.Min(entry.Name.Length, 100)).CopyTo(block);
        WriteNumber(block.AsSpan(100, 8), entry.Mode);
        WriteNumber(block.AsSpan(108, 8), entry.Uid);
        WriteNumber(block.AsSpan(116, 8), entry.Gid);
        WriteNumber(block.AsSpan(124, 12), size);
        WriteNumber(block.AsSpan(136, 12), entry.ModifiedSeconds);
        block[156] = type;
        entry.LinkTarget.AsSpan(0, Math.Min(entry.LinkTarget.Length, 100)).CopyTo(block.AsSpan(157));
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        WriteNumber(block.AsSpan(329, 8), entry.Major);
        WriteNumber(block.AsSpan(337, 8), entry.Minor);
        block.AsSpan(148, 8).Fill((byte)' ');
        int sum = block.Sum(value => value);
        WriteNumber(block.AsSpan(148, 8), sum);
        return block;
    }

    /// <summary>Octal where it fits, base 256 where not: large ids and sizes, times before 1970.</summary>
    private static void WriteNumber(Span<byte> field, long value)
    {
        string octal = value >= 0 ? Convert.ToString(value, 8) : string.Empty;
        if (value >= 0 && octal.Length < field.Length)
        {
            Encoding.ASCII.GetBytes(octal.PadLeft(field.Length - 1, '0'), field);
            return;
        }

        field.Fill(value < 0 ? (byte)0xff : (byte)0);
        BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
        field[0] |= 0x80;
    }

    private static byte TypeFlag(TarEntryType type) => type switch
    {
        TarEntryType.File => (byte)'0',
        TarEntryType.HardLink => (byte)'1',
        TarEntryType.Symlink => (byte)'2',
        TarEntryType.CharacterDevice => (byte)'3',
        TarEntryType.BlockDevice => (byte)'4',
        TarEntryType.Directory => (byte)'5',
        _ => (byte)'6',
    };
}
