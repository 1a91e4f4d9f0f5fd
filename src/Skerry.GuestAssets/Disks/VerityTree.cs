using System.Security.Cryptography;
using Skerry.Core;

namespace Skerry.GuestAssets.Disks;

/// <summary>Writes the hash tree of dm-verity, version 1 with SHA-256, as <c>veritysetup format --no-superblock</c> does.</summary>
/// <remarks>
/// Documentation/admin-guide/device-mapper/verity.rst: each block of data is hashed with the salt before it; 128 hashes fill a block,
/// which is hashed in turn, until one is left, whose hash is the root. On the disk the levels follow each other from the top down.
/// </remarks>
internal static class VerityTree
{
    private const int BlockBytes = FileSystemMaker.BlockBytes;

    /// <summary>Reads <paramref name="data"/> to its end and writes its tree to <paramref name="output"/>.</summary>
    /// <param name="data">Whole blocks, at least one.</param>
    /// <param name="output">Where the tree goes, from the current position on.</param>
    /// <param name="salt">At most 256 bytes.</param>
    /// <param name="cancellationToken">Ends it between blocks.</param>
    internal static async Task<VerityParameters> WriteAsync(Stream data, Stream output, byte[] salt, CancellationToken cancellationToken)
    {
        (byte[] hashes, long blocks) = await HashDataAsync(data, salt, cancellationToken).ConfigureAwait(false);
        var levels = new List<byte[]>();
        while (hashes.Length > SHA256.HashSizeInBytes)
        {
            byte[] level = Padded(hashes);
            levels.Add(level);
            hashes = HashBlocks(level, salt);
        }

        for (int i = levels.Count - 1; i >= 0; i--)
        {
            await output.WriteAsync(levels[i], cancellationToken).ConfigureAwait(false);
        }

        return new VerityParameters(Convert.ToHexStringLower(hashes), Convert.ToHexStringLower(salt), blocks, BlockBytes, BlockBytes);
    }

    /// <summary>The bytes of the tree over <paramref name="dataBlocks"/> blocks.</summary>
    internal static long SizeFor(long dataBlocks)
    {
        const int perBlock = BlockBytes / SHA256.HashSizeInBytes;
        long total = 0;
        for (long count = dataBlocks; count > 1;)
        {
            count = (count + perBlock - 1) / perBlock;
            total += count;
        }

        return total * BlockBytes;
    }

    private static async Task<(byte[] Hashes, long Blocks)> HashDataAsync(Stream data, byte[] salt, CancellationToken cancellationToken)
    {
        using var hashes = new MemoryStream();
        var block = new byte[BlockBytes];
        long blocks = 0;
        while (await data.ReadAtLeastAsync(block, BlockBytes, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (count < BlockBytes)
            {
                throw new InvalidDataException($"the data ends {count} bytes into a block of {BlockBytes}");
            }

            hashes.Write(Hash(block, salt));
            blocks++;
        }

        return blocks > 0 ? (hashes.ToArray(), blocks) : throw new InvalidDataException("there is no data to hash");
    }

    private static byte[] HashBlocks(byte[] level, byte[] salt)
    {
        using var hashes = new MemoryStream();
        for (int at = 0; at < level.Length; at += BlockBytes)
        {
            hashes.Write(Hash(level.AsSpan(at, BlockBytes), salt));
        }

        return hashes.ToArray();
    }

    private static byte[] Hash(ReadOnlySpan<byte> block, byte[] salt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(block);
        return hash.GetHashAndReset();
    }

    private static byte[] Padded(byte[] hashes)
    {
        var level = new byte[(hashes.Length + BlockBytes - 1) / BlockBytes * BlockBytes];
        hashes.CopyTo(level, 0);
        return level;
    }
}
