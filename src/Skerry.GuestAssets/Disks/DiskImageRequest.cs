namespace Skerry.GuestAssets.Disks;

/// <summary>Which disk image somebody asked for.</summary>
public sealed record DiskImageRequest
{
    /// <summary>The time of every file in an image when nobody asks for another, in seconds since 1970: 1980, the first that all tools keep.</summary>
    public const long DefaultEpoch = 315532800;

    /// <summary>The directory that becomes the guest's root; it holds the agent.</summary>
    public required string RootfsDirectory { get; init; }

    /// <summary>The image to make; facts and bill of materials go beside it.</summary>
    public required string OutputPath { get; init; }

    /// <summary>The file system in it.</summary>
    public RootfsType Type { get; init; } = RootfsType.Ext4;

    /// <summary>Adds a dm-verity hash tree as second partition: the guest then boots only what was built.</summary>
    public bool Verity { get; init; }

    /// <summary>The guest's architecture, as uname -m says it; null is this host's.</summary>
    public string? Architecture { get; init; }

    /// <summary>The time of every file in the image, in seconds since 1970 (SOURCE_DATE_EPOCH).</summary>
    public long Epoch { get; init; } = DefaultEpoch;
}
