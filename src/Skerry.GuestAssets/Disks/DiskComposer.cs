using System.Buffers.Binary;
using System.Security.Cryptography;
using Skerry.Core;

namespace Skerry.GuestAssets.Disks;

/// <summary>Puts boot record, file system and hash tree together to one image file, leaving holes where there are zeros.</summary>
internal static class DiskComposer
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Writes the image at <paramref name="path"/>; the salt of its tree comes from <paramref name="identity"/>.</summary>
    /// <exception cref="GuestAssetException">ResourceExhausted on a full disk.</exception>
    internal static async Task<VerityParameters?> ComposeAsync(
        string fileSystem, string path, bool verity, ReadOnlyMemory<byte> identity, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream source = File.OpenRead(fileSystem);
            using FileStream disk = File.Create(path);
            DiskLayout layout = DiskLayout.For(source.Length, verity);
            disk.SetLength(layout.SizeBytes);
            WriteTables(disk, layout, identity.Span);
            await CopyAsync(source, disk, layout.Root.OffsetBytes, cancellationToken).ConfigureAwait(false);
            VerityParameters? parameters = null;
            if (layout.Hashes is { } hashes)
            {
                source.Position = 0;
                disk.Position = hashes.OffsetBytes;
                parameters = await VerityTree.WriteAsync(source, disk, SHA256.HashData(identity.Span), cancellationToken).ConfigureAwait(false);
            }

            disk.Flush(flushToDisk: true);
            return parameters;
        }
        catch (IOException cause)
        {
            throw new GuestAssetException(FailureKind.ResourceExhausted, $"cannot write \"{path}\"", "make room, or choose another --output", cause);
        }
    }

    private static void WriteTables(FileStream disk, DiskLayout layout, ReadOnlySpan<byte> identity)
    {
        uint signature = BinaryPrimitives.ReadUInt32LittleEndian(identity);
        disk.Write(PartitionTable.Build(layout.Partitions, signature));
        disk.Position = DaxHeader.OffsetBytes;
        disk.Write(DaxHeader.Build(layout.SizeBytes, new Guid(identity[..16])));
        disk.Position = DaxHeader.DataOffset;
        disk.Write(PartitionTable.Build(layout.MappedPartitions, signature));
    }

    private static async Task CopyAsync(FileStream source, FileStream disk, long offset, CancellationToken cancellationToken)
    {
        var chunk = new byte[ChunkBytes];
        disk.Position = offset;
        while (await source.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (chunk.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                await disk.WriteAsync(chunk.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                disk.Position += count;
            }
        }
    }
}
