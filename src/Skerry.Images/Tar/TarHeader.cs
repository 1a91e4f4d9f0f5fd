using System.Buffers.Binary;
using System.Text;

namespace Skerry.Images.Tar;

/// <summary>The fields of one 512-byte header block: V7, ustar, GNU and star.</summary>
/// <remarks>POSIX.1-2017, pax "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".</remarks>
internal readonly ref struct TarHeader
{
    /// <summary>Size of a block, and the unit everything is padded to.</summary>
    internal const int BlockBytes = 512;

    private readonly ReadOnlySpan<byte> _block;

    internal TarHeader(ReadOnlySpan<byte> block) => _block = block;

    internal byte TypeFlag => _block[156];

    internal ReadOnlySpan<byte> LinkName => Text(157, 100);

    internal long Mode => Number(100, 8, "mode");

    internal long Uid => Number(108, 8, "uid");

    internal long Gid => Number(116, 8, "gid");

    internal long Size => Number(124, 12, "size");

    internal long Modified => Number(136, 12, "mtime");

    internal long Major => HasDevices ? Number(329, 8, "devmajor") : 0;

    internal long Minor => HasDevices ? Number(337, 8, "devminor") : 0;

    /// <summary>Size of the file an old GNU sparse entry makes.</summary>
    internal long SparseRealSize => Number(483, 12, "realsize");

    /// <summary>The four (offset, length) pairs of an old GNU sparse entry, undecoded.</summary>
    internal ReadOnlySpan<byte> SparsePairs => _block.Slice(386, 96);

    /// <summary>True when an old GNU sparse entry has further blocks of pairs.</summary>
    internal bool SparseContinues => _block[482] != 0;

    internal bool IsZero => _block.IndexOfAnyExcept((byte)0) < 0;

    private bool IsUstar => _block.Slice(257, 6).SequenceEqual("ustar\0"u8);

    private bool IsGnu => _block.Slice(257, 8).SequenceEqual("ustar  \0"u8);

    private bool IsStar => IsUstar && _block[508..].SequenceEqual("tar\0"u8);

    private bool HasDevices => IsUstar || IsGnu;

    /// <summary>The name with its ustar prefix.</summary>
    internal byte[] Name()
    {
        ReadOnlySpan<byte> name = Text(0, 100);
        ReadOnlySpan<byte> prefix = IsUstar ? Text(345, IsStar ? 131 : 155) : [];
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    /// <summary>True when the checksum holds; some old writers summed signed bytes.</summary>
    internal bool ChecksumHolds()
    {
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BlockBytes; i++)
        {
            byte value = i is >= 148 and < 156 ? (byte)' ' : _block[i];
            unsigned += value;
            signed += (sbyte)value;
        }

        return TryNumber(_block.Slice(148, 8), out long stored) && (stored == unsigned || stored == signed);
    }

    /// <summary>Reads a number: octal digits, or base 256 when the top bit is set.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        if ((field[0] & 0x80) != 0)
        {
            return TryBase256(field, out value);
        }

        value = 0;
        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return true;
    }

    private static bool TryBase256(ReadOnlySpan<byte> field, out long value)
    {
        bool negative = (field[0] & 0x40) != 0;
        byte fill = negative ? (byte)0xff : (byte)0;
        ReadOnlySpan<byte> high = field.Length > 8 ? field[1..^8] : [];
        value = 0;
        if (high.IndexOfAnyExcept(fill) >= 0)
        {
            return false;
        }

        Span<byte> low = stackalloc byte[8];
        field[^8..].CopyTo(low);
        if (field.Length == 8)
        {
            low[0] = negative ? (byte)(low[0] | 0x80) : (byte)(low[0] & 0x7f);
        }

        value = BinaryPrimitives.ReadInt64BigEndian(low);
        return negative == (value < 0);
    }

    private long Number(int start, int length, string field) => TryNumber(_block.Slice(start, length), out long value)
        ? value
        : throw ImageException.Bad($"tar entry \"{Encoding.UTF8.GetString(Text(0, 100))}\": the field {field} is not a number");

    private ReadOnlySpan<byte> Text(int start, int length)
    {
        ReadOnlySpan<byte> field = _block.Slice(start, length);
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }
}
