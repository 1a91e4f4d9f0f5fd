using System.IO.Compression;

namespace Skerry.Images.Streams;

/// <summary>Finds out by its first bytes how a layer is compressed, and undoes it. Media types are not asked: docker-archive has none.</summary>
internal static class Decompression
{
    private const int MagicBytes = 4;

    /// <summary>A stream of the uncompressed content of <paramref name="source"/>, which stays the caller's.</summary>
    /// <exception cref="ImageException">HostDenied when the layer needs the zstd program and it is not installed.</exception>
    internal static Stream Open(Stream source)
    {
        byte[] start = new byte[MagicBytes];
        int length = source.ReadAtLeast(start, MagicBytes, throwOnEndOfStream: false);
        var whole = new PrefixedStream(start.AsMemory(0, length), source);
        return KindOf(start.AsSpan(0, length)) switch
        {
            CompressionKind.Gzip => new GZipStream(whole, CompressionMode.Decompress),
            CompressionKind.Zstd => new ZstdStream(whole),
            _ => whole,
        };
    }

    internal static CompressionKind KindOf(ReadOnlySpan<byte> start) => start switch
    {
        [0x1f, 0x8b, ..] => CompressionKind.Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] => CompressionKind.Zstd,
        _ => CompressionKind.None,
    };
}
