using System.Text;

namespace Skerry.Images.Tar;

/// <summary>
/// The four ways GNU tar has written sparse files: in the header (type S), and in pax records as version 0.0 (alternating records),
/// 0.1 (one list) and 1.0 (a list of decimal lines before the content).
/// </summary>
/// <remarks>GNU tar manual, "Storing Sparse Files".</remarks>
internal static class SparseFormat
{
    private const int MostChunks = 1_000_000;

    /// <summary>The sparse file the records describe, or null; version 1.0 reads its list from the entry's data.</summary>
    internal static SparseFile? FromPax(PaxRecords pax, TarReader reader)
    {
        byte[]? name = pax.Find("GNU.sparse.name");
        if (pax.FindNumber("GNU.sparse.major") == 1 && pax.FindNumber("GNU.sparse.minor") == 0)
        {
            return new SparseFile(name, pax.FindNumber("GNU.sparse.realsize") ?? -1, ReadList(reader));
        }

        if (pax.FindNumber("GNU.sparse.size") is not { } size)
        {
            return null;
        }

        List<SparseChunk> chunks = pax.Find("GNU.sparse.map") is { } map
            ? FromNumbers(Encoding.ASCII.GetString(map).Split(',').Select(text => PaxRecords.ParseNumber(Encoding.ASCII.GetBytes(text), "GNU.sparse.map")))
            : FromNumbers(pax.InOrder("GNU.sparse.offset", "GNU.sparse.numbytes").Select(record => PaxRecords.ParseNumber(record.Value, record.Key)));
        return new SparseFile(name, size, chunks);
    }

    /// <summary>Adds the (offset, length) pairs of a block of the oldest format; an empty pair ends the list.</summary>
    internal static void AddPairs(ReadOnlySpan<byte> pairs, List<SparseChunk> chunks)
    {
        for (; pairs.Length >= 24 && pairs[0] != 0; pairs = pairs[24..])
        {
            if (chunks.Count == MostChunks || !TarHeader.TryNumber(pairs[..12], out long offset) || !TarHeader.TryNumber(pairs[12..24], out long length))
            {
                throw ImageException.Bad("the map of a sparse file is malformed");
            }

            chunks.Add(new SparseChunk(offset, length));
        }
    }

    /// <summary>True when stretches follow one another inside the file and have exactly the bytes the archive holds.</summary>
    internal static bool IsSound(SparseFile file, long storedBytes)
    {
        long end = 0;
        long total = 0;
        foreach (SparseChunk chunk in file.Chunks)
        {
            if (chunk.Offset < end || chunk.Length < 0 || chunk.Length > file.SizeBytes - chunk.Offset)
            {
                return false;
            }

            end = chunk.Offset + chunk.Length;
            total += chunk.Length;
        }

        return file.SizeBytes >= 0 && total == storedBytes;
    }

    private static List<SparseChunk> FromNumbers(IEnumerable<long> numbers)
    {
        long[] all = [.. numbers];
        if (all.Length % 2 != 0)
        {
            throw ImageException.Bad("the map of a sparse file is malformed");
        }

        return [.. all.Chunk(2).Select(pair => new SparseChunk(pair[0], pair[1]))];
    }

    /// <summary>Version 1.0: decimal lines (a count, then offset and length of each stretch), padded to whole blocks.</summary>
    private static List<SparseChunk> ReadList(TarReader reader)
    {
        var lines = new SparseLines(reader);
        long count = lines.Next();
        if (count is < 0 or > MostChunks)
        {
            throw ImageException.Bad($"the map of a sparse file has {count} stretches");
        }

        var chunks = new List<SparseChunk>();
        for (long i = 0; i < count; i++)
        {
            chunks.Add(new SparseChunk(lines.Next(), lines.Next()));
        }

        return chunks;
    }
}
