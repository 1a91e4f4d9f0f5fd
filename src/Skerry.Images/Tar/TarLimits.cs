namespace Skerry.Images.Tar;

/// <summary>What an archive may cost us before we give up on it. Its size is bounded by the disk.</summary>
internal sealed record TarLimits
{
    /// <summary>The limits for layers and archives of images.</summary>
    internal static TarLimits Default { get; } = new();

    /// <summary>Most entries; the largest images people build have about half a million.</summary>
    public int MaxEntries { get; init; } = 4_000_000;

    /// <summary>Largest long name or pax header, in bytes; the Go reader that other engines use draws the same line.</summary>
    public int MaxSpecialBytes { get; init; } = 1024 * 1024;

    /// <summary>Most bytes after the end of the archive; writers pad to 10 KiB.</summary>
    public long MaxTrailingBytes { get; init; } = 64 * 1024 * 1024;
}
