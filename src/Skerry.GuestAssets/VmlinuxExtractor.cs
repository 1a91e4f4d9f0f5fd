using System.Buffers.Binary;
using System.IO.Compression;
using Skerry.Core;

namespace Skerry.GuestAssets;

/// <summary>Unpacks the ELF vmlinux that a bzImage holds. As PVH kernel it boots without firmware and without unpacking itself.</summary>
internal static class VmlinuxExtractor
{
    private const uint MaxVmlinuxBytes = 512 * 1024 * 1024;

    /// <summary>The vmlinux inside <paramref name="bzImage"/>, a whole file.</summary>
    /// <exception cref="GuestAssetException">InvalidArgument for a damaged image; Unimplemented for a compression we cannot undo.</exception>
    internal static async Task<byte[]> ExtractAsync(byte[] bzImage, string path, CancellationToken cancellationToken)
    {
        try
        {
            byte[] payload = Payload(bzImage);
            byte[] vmlinux = await UnpackAsync(payload, path, cancellationToken).ConfigureAwait(false);
            return ElfFile.IsElf(vmlinux) ? vmlinux : throw new InvalidDataException("its payload is no ELF file");
        }
        catch (InvalidDataException cause)
        {
            throw new GuestAssetException(FailureKind.InvalidArgument, $"cannot unpack the kernel \"{path}\"", "use the bzImage as it is, or another kernel", cause);
        }
    }

    private static byte[] Payload(byte[] file) =>
        BzImage.TryParse(file, out BzImage image) ? image.Payload.ToArray() : throw new InvalidDataException("not a bzImage");

    private static async Task<byte[]> UnpackAsync(byte[] payload, string path, CancellationToken cancellationToken)
    {
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(payload.AsSpan(payload.Length - 4));
        if (size is < 64 or > MaxVmlinuxBytes)
        {
            throw new InvalidDataException($"its payload claims to unpack to {size} bytes");
        }

        var output = new byte[size];
        switch (Compression.Detect(payload))
        {
            case CompressionKind.Lz4Legacy:
                Lz4LegacyDecoder.Decode(payload.AsSpan(0, payload.Length - 4), output);
                break;
            case CompressionKind.None when ElfFile.IsElf(payload):
                return payload;
            case CompressionKind.Gzip:
                using (var gzip = new GZipStream(new MemoryStream(payload), CompressionMode.Decompress))
                {
                    gzip.ReadExactly(output);
                }

                break;
            case CompressionKind kind and (CompressionKind.Xz or CompressionKind.Zstd):
                // The kernel's build appends the size to these formats; their programs would call it rubbish.
                return await Compression.RunProgramAsync(kind, payload.AsMemory(0, payload.Length - 4), path, cancellationToken).ConfigureAwait(false);
            default:
                throw new GuestAssetException(
                    FailureKind.Unimplemented,
                    $"the kernel \"{path}\" is packed in a way this build does not unpack (magic {Convert.ToHexString(payload.AsSpan(0, 4))})",
                    "use the bzImage as it is, or a kernel packed with gzip, lz4, xz or zstd");
        }

        return output;
    }
}
