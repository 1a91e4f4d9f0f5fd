namespace Skerry.GuestAssets;

/// <summary>A compression recognized by its magic number.</summary>
internal enum CompressionKind
{
    None = 0,
    Gzip,
    Xz,
    Zstd,
    Lz4Legacy,
}
