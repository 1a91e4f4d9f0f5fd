using System.IO.Compression;
using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>Undoes the compressions that kernels and modules come in; xz and zstd by Debian's programs of those names.</summary>
internal static class Compression
{
    internal static CompressionKind Detect(ReadOnlySpan<byte> start)
    {
        return start switch
        {
            [0x1f, 0x8b, ..] => CompressionKind.Gzip,
            [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => CompressionKind.Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => CompressionKind.Zstd,
            [0x02, 0x21, 0x4c, 0x18, ..] => CompressionKind.Lz4Legacy,
            _ => CompressionKind.None,
        };
    }

    /// <summary>Returns <paramref name="data"/> unpacked, or as it is when it is not packed.</summary>
    internal static async Task<byte[]> UnpackAsync(byte[] data, string path, CancellationToken cancellationToken)
    {
        switch (Detect(data))
        {
            case CompressionKind.None:
                return data;
            case CompressionKind.Gzip:
                using (var output = new MemoryStream())
                using (var gzip = new GZipStream(new MemoryStream(data), CompressionMode.Decompress))
                {
                    await gzip.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
                    return output.ToArray();
                }

            case CompressionKind kind and (CompressionKind.Xz or CompressionKind.Zstd):
                return await RunProgramAsync(kind, data, path, cancellationToken).ConfigureAwait(false);
            default:
                throw new GuestAssetException(FailureKind.Unimplemented, $"\"{path}\" is packed in a way this build does not unpack");
        }
    }

    /// <summary>Pipes <paramref name="data"/> through xz or zstd.</summary>
    internal static async Task<byte[]> RunProgramAsync(
        CompressionKind kind, ReadOnlyMemory<byte> data, string path, CancellationToken cancellationToken)
    {
        (string program, string package) = kind == CompressionKind.Xz ? ("xz", "xz-utils") : ("zstd", "zstd");
        ToolResult result = await Tool.RunAsync(program, ["-d", "-c"], package, data, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0
            ? result.Output
            : throw new GuestAssetException(FailureKind.InvalidArgument, $"{program} cannot unpack \"{path}\": {result.LastError}");
    }
}
