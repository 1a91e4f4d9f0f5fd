using System.Buffers.Binary;
using System.Numerics;

namespace Skerry.GuestAssets.Disks;

/// <summary>Sets all times in a new xfs to one: mkfs.xfs takes the clock's and cannot be told otherwise.</summary>
/// <remarks>
/// An inode of version 3 has 512 bytes, on a multiple of them: "IN", at 32, 40, 48 and 144 its times, at 160 the file system's UUID, and
/// at 100 a CRC-32C over all of it. Times count nanoseconds from 2^31 seconds before 1970 ("bigtime"). Magic and UUID together mark it.
/// </remarks>
internal static class XfsTimes
{
    private const int InodeBytes = 512;
    private const int ChecksumAt = 100;
    private const int UuidAt = 160;
    private static readonly int[] s_timesAt = [32, 40, 48, 144];

    /// <summary>Rewrites the inodes of the file system at <paramref name="path"/>.</summary>
    internal static void Set(string path, Guid uuid, long epoch)
    {
        byte[] identity = Convert.FromHexString(uuid.ToString("N"));
        ulong time = (ulong)(epoch + (1L << 31)) * 1_000_000_000;
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        var chunk = new byte[64 * 1024];
        while (file.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false) is > 0 and var count)
        {
            bool changed = false;
            for (int at = 0; at + InodeBytes <= count; at += InodeBytes)
            {
                changed |= TrySet(chunk.AsSpan(at, InodeBytes), identity, time);
            }

            if (changed)
            {
                file.Position -= count;
                file.Write(chunk.AsSpan(0, count));
            }
        }
    }

    private static bool TrySet(Span<byte> inode, ReadOnlySpan<byte> identity, ulong time)
    {
        if (inode is not [(byte)'I', (byte)'N', ..] || inode[4] != 3 || !inode.Slice(UuidAt, identity.Length).SequenceEqual(identity))
        {
            return false;
        }

        foreach (int at in s_timesAt)
        {
            // Inodes that were reserved and are not used have no times.
            if (BinaryPrimitives.ReadUInt64BigEndian(inode[at..]) != 0)
            {
                BinaryPrimitives.WriteUInt64BigEndian(inode[at..], time);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(inode[ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(inode[ChecksumAt..], Checksum(inode));
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
