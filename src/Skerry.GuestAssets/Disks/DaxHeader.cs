using System.Buffers.Binary;

namespace Skerry.GuestAssets.Disks;

/// <summary>
/// The block in front of a mapped image (NVDIMM, virtio-pmem) that makes the guest's kernel keep page structures for it, without which
/// file systems cannot use its pages where they are (DAX). The disk that the kernel shows then starts behind the header.
/// </summary>
/// <remarks>
/// struct nd_pfn_sb of the kernel's drivers/nvdimm/pfn.h, version 1.4, 4096 bytes at byte 4096: signature, UUID, parent's UUID (none),
/// flags, version, data offset, count of pages, mode (1: page structures in memory), alignment, page size, size of a page structure,
/// and a Fletcher checksum over 32-bit words in the last 8 bytes.
/// </remarks>
internal static class DaxHeader
{
    /// <summary>Where the header stands in the image.</summary>
    internal const int OffsetBytes = 4096;

    /// <summary>Where the disk starts that the guest sees.</summary>
    internal const long DataOffset = 2L << 20;
    private const int HeaderBytes = 4096;
    private const int PageBytes = 4096;

    /// <summary>The header of an image of <paramref name="imageBytes"/>.</summary>
    internal static byte[] Build(long imageBytes, Guid uuid)
    {
        var header = new byte[HeaderBytes];
        "NVDIMM_PFN_INFO"u8.CopyTo(header);
        uuid.TryWriteBytes(header.AsSpan(16));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(52), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(54), 4);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(56), (ulong)DataOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(64), (ulong)((imageBytes - DataOffset) / PageBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(72), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(84), (uint)DataOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(88), PageBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(92), 64);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(HeaderBytes - 8), Fletcher(header));
        return header;
    }

    /// <summary>Two sums of 32 bits: of the words, and of the first sum's course.</summary>
    private static ulong Fletcher(ReadOnlySpan<byte> bytes)
    {
        uint low = 0;
        uint high = 0;
        for (int at = 0; at < bytes.Length; at += 4)
        {
            unchecked
            {
                low += BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
                high += low;
            }
        }

        return ((ulong)high << 32) | low;
    }
}
