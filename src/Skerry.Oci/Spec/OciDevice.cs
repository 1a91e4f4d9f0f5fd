namespace Skerry.Oci;

/// <summary>A device node in the container.</summary>
public sealed record OciDevice
{
    /// <summary>Where it goes.</summary>
    public string Path { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary><c>c</c>, <c>b</c>, <c>u</c> (character, unbuffered) or <c>p</c> (fifo).</summary>
    public string Type { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The major number.</summary>
    public long Major { get; init; }

    /// <summary>The minor number.</summary>
    public long Minor { get; init; }

    /// <summary>The permission bits, or null for 0666.</summary>
    public uint? FileMode { get; init; }

    /// <summary>The owner, or null for 0.</summary>
    public uint? Uid { get; init; }

    /// <summary>The group, or null for 0.</summary>
    public uint? Gid { get; init; }
}
