using System.Text;

namespace Skerry.Images.Tar;

/// <summary>One entry of a tar archive. Names are bytes, as in the kernel: images hold names that are not UTF-8.</summary>
internal sealed record TarEntry
{
    /// <summary>The name as written, not yet judged; <see cref="Unpacking.LayerPath"/> does that.</summary>
    public required byte[] Name { get; init; }

    /// <summary>What the entry makes.</summary>
    public TarEntryType Type { get; init; }

    /// <summary>Permission bits with setuid, setgid and sticky.</summary>
    public uint Mode { get; init; }

    /// <summary>The owner.</summary>
    public uint Uid { get; init; }

    /// <summary>The group.</summary>
    public uint Gid { get; init; }

    /// <summary>Size of the file that results, holes included; 0 unless <see cref="Type"/> is a file.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Time of last change, seconds since 1970.</summary>
    public long ModifiedSeconds { get; init; }

    /// <summary>The fraction of the time, in nanoseconds, 0 to 999,999,999.</summary>
    public int ModifiedNanoseconds { get; init; }

    /// <summary>What a link points at.</summary>
    public byte[] LinkTarget { get; init; } = [];

    /// <summary>A device's major number.</summary>
    public uint Major { get; init; }

    /// <summary>A device's minor number.</summary>
    public uint Minor { get; init; }

    /// <summary>Extended attributes by name; values are bytes.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> Xattrs { get; init; } = [];

    /// <summary>Where the archive's bytes go in a sparse file; null when the file has no holes.</summary>
    public IReadOnlyList<SparseChunk>? Chunks { get; init; }

    /// <summary>The name for messages.</summary>
    public string DisplayName => Encoding.UTF8.GetString(Name);
}
