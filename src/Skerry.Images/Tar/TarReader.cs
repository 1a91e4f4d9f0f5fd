using System.Text;

namespace Skerry.Images.Tar;

/// <summary>Reads a tar archive of any common dialect, entry by entry, from a stream that cannot seek. Hostile input is the norm.</summary>
/// <remarks>
/// System.Formats.Tar is not used: it decodes the values of pax records as UTF-8, which destroys binary extended attributes such as
/// security.capability, it decodes names likewise, and it does not know sparse files. Ours keeps bytes and bounds every allocation.
/// </remarks>
internal sealed class TarReader(Stream stream, TarLimits limits)
{
    private readonly byte[] _block = new byte[TarHeader.BlockBytes];
    private long _offset;
    private long _dataLeft;
    private long _paddingLeft;
    private int _entries;

    /// <summary>Skips what is left of the entry and reads the next; null at the end of the archive.</summary>
    /// <exception cref="ImageException">InvalidArgument: the archive is malformed, cut short, or beyond a limit.</exception>
    internal TarEntry? Next()
    {
        var pax = new PaxRecords();
        byte[]? longName = null;
        byte[]? longLink = null;
        while (ReadHeader())
        {
            var header = new TarHeader(_block);
            switch (header.TypeFlag)
            {
                case (byte)'x':
                    pax.Add(ReadSpecial(header.Size));
                    break;
                case (byte)'g':
                    _ = ReadSpecial(header.Size);
                    break;
                case (byte)'L':
                    longName = TrimNul(ReadSpecial(header.Size));
                    break;
                case (byte)'K':
                    longLink = TrimNul(ReadSpecial(header.Size));
                    break;
                default:
                    CountEntry();
                    return MakeEntry(header, pax, longName, longLink);
            }
        }

        return null;
    }

    /// <summary>Reads bytes of the current entry as they stand in the archive: the content, or a sparse file's stretches one after another.</summary>
    /// <returns>How many; 0 at the end of the entry.</returns>
    /// <exception cref="ImageException">The archive is cut short.</exception>
    internal int ReadData(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, _dataLeft);
        if (wanted == 0)
        {
            return 0;
        }

        int count = stream.Read(buffer[..wanted]);
        if (count == 0)
        {
            throw CutShort();
        }

        _offset += count;
        _dataLeft -= count;
        return count;
    }

    /// <summary>Reads to the end of the stream, so that a digest covers the padding that writers add after the end.</summary>
    /// <exception cref="ImageException">There is more padding than <see cref="TarLimits.MaxTrailingBytes"/>.</exception>
    internal void Drain()
    {
        byte[] buffer = new byte[16 * 1024];
        long total = 0;
        for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
        {
            total += count;
            if (total > limits.MaxTrailingBytes)
            {
                throw ImageException.Bad($"the archive goes on for more than {limits.MaxTrailingBytes} bytes after its end");
            }
        }
    }

    /// <summary>Reads the next header block; false at the end, which is a block of zeros or, with sloppy writers, the end of the stream.</summary>
    private bool ReadHeader()
    {
        SkipEntry();
        long start = _offset;
        int got = stream.ReadAtLeast(_block, _block.Length, throwOnEndOfStream: false);
        _offset += got;
        if (got == 0)
        {
            return false;
        }

        if (got < _block.Length)
        {
            throw CutShort();
        }

        var header = new TarHeader(_block);
        if (header.IsZero)
        {
            return false;
        }

        return header.ChecksumHolds() ? true : throw ImageException.Bad($"not a tar archive: bad checksum in the header at byte {start}");
    }

    private TarEntry MakeEntry(TarHeader header, PaxRecords pax, byte[]? longName, byte[]? longLink)
    {
        byte[] name = pax.Find("path") ?? longName ?? header.Name();
        TarEntryType type = TypeOf(header.TypeFlag, name);
        long stored = type == TarEntryType.File ? NonNegative(pax.FindNumber("size") ?? header.Size, "size", name) : 0;
        BeginData(stored);
        SparseFile? sparse = type == TarEntryType.File ? ReadSparse(header, pax, name) : null;
        (long seconds, int nanoseconds) = pax.FindTime("mtime") ?? (header.Modified, 0);
        return new TarEntry
        {
            Name = sparse?.Name ?? name,
            Type = type,
            Mode = (uint)(header.Mode & 0b111_111_111_111),
            Uid = Id(pax.FindNumber("uid") ?? header.Uid, "uid", name),
            Gid = Id(pax.FindNumber("gid") ?? header.Gid, "gid", name),
            SizeBytes = sparse?.SizeBytes ?? stored,
            ModifiedSeconds = seconds,
            ModifiedNanoseconds = nanoseconds,
            LinkTarget = pax.Find("linkpath") ?? longLink ?? header.LinkName.ToArray(),
            Major = Id(header.Major, "devmajor", name),
            Minor = Id(header.Minor, "devminor", name),
            Xattrs = pax.Xattrs,
            Chunks = sparse?.Chunks,
        };
    }

    private SparseFile? ReadSparse(TarHeader header, PaxRecords pax, byte[] name)
    {
        SparseFile? sparse = header.TypeFlag == 'S' ? ReadOldSparse(header) : SparseFormat.FromPax(pax, this);
        if (sparse is not null && !SparseFormat.IsSound(sparse, _dataLeft))
        {
            throw ImageException.Bad($"tar entry \"{Encoding.UTF8.GetString(name)}\": the map of a sparse file makes no sense");
        }

        return sparse;
    }

    /// <summary>The oldest format keeps four stretches in the header and further ones in blocks between header and content.</summary>
    private SparseFile ReadOldSparse(TarHeader header)
    {
        var chunks = new List<SparseChunk>();
        long size = header.SparseRealSize;
        SparseFormat.AddPairs(header.SparsePairs, chunks);
        bool more = header.SparseContinues;
        byte[] pairs = new byte[TarHeader.BlockBytes];
        while (more)
        {
            stream.ReadExactlyOr(pairs, CutShort);
            _offset += pairs.Length;
            SparseFormat.AddPairs(pairs.AsSpan(0, 504), chunks);
            more = pairs[504] != 0;
        }

        return new SparseFile(null, size, chunks);
    }

    private byte[] ReadSpecial(long size)
    {
        if (size < 0 || size > limits.MaxSpecialBytes)
        {
            throw ImageException.Bad($"a tar header of {size} bytes is beyond the limit of {limits.MaxSpecialBytes}");
        }

        BeginData(size);
        byte[] content = new byte[size];
        int filled = 0;
        while (filled < content.Length)
        {
            filled += ReadData(content.AsSpan(filled));
        }

        return content;
    }

    private void BeginData(long size)
    {
        _dataLeft = size;
        _paddingLeft = (TarHeader.BlockBytes - (size % TarHeader.BlockBytes)) % TarHeader.BlockBytes;
    }

    private void SkipEntry()
    {
        if (stream.CanSeek)
        {
            stream.Seek(_dataLeft + _paddingLeft, SeekOrigin.Current);
            _offset += _dataLeft + _paddingLeft;
            BeginData(0);
            return;
        }

        Span<byte> buffer = stackalloc byte[4096];
        while (ReadData(buffer) > 0)
        {
        }

        // Some writers (umoci insert, for one) end the archive with the last byte of content; Go's reader allows that too.
        int padding = stream.ReadAtLeast(buffer[..(int)_paddingLeft], (int)_paddingLeft, throwOnEndOfStream: false);
        _offset += padding;
        if (padding > 0 && padding < _paddingLeft)
        {
            throw CutShort();
        }

        _paddingLeft = 0;
    }

    private void CountEntry()
    {
        _entries++;
        if (_entries > limits.MaxEntries)
        {
            throw ImageException.Bad($"the archive has more than {limits.MaxEntries} entries");
        }
    }

    private static TarEntryType TypeOf(byte flag, byte[] name) => flag switch
    {
        0 or (byte)'0' when name is [.., (byte)'/'] => TarEntryType.Directory,
        0 or (byte)'0' or (byte)'7' or (byte)'S' => TarEntryType.File,
        (byte)'1' => TarEntryType.HardLink,
        (byte)'2' => TarEntryType.Symlink,
        (byte)'3' => TarEntryType.CharacterDevice,
        (byte)'4' => TarEntryType.BlockDevice,
        (byte)'5' => TarEntryType.Directory,
        (byte)'6' => TarEntryType.Fifo,
        _ => throw ImageException.Bad($"tar entry \"{Encoding.UTF8.GetString(name)}\" has the unknown type 0x{flag:x2}"),
    };

    private static uint Id(long value, string field, byte[] name) => value is >= 0 and <= uint.MaxValue
        ? (uint)value
        : throw ImageException.Bad($"tar entry \"{Encoding.UTF8.GetString(name)}\": {field} {value} is out of range");

    private static long NonNegative(long value, string field, byte[] name) => value >= 0
        ? value
        : throw ImageException.Bad($"tar entry \"{Encoding.UTF8.GetString(name)}\": {field} {value} is negative");

    private static byte[] TrimNul(byte[] text)
    {
        int end = text.AsSpan().IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }

    private ImageException CutShort() => ImageException.Bad($"the archive is cut short at byte {_offset}");
}
