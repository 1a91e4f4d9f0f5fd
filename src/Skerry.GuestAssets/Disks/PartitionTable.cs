using System.Buffers.Binary;

namespace Skerry.GuestAssets.Disks;

/// <summary>Writes the master boot record: the table of at most four partitions in a disk's first 512 bytes.</summary>
/// <remarks>Each entry has 16 bytes from byte 446 on: type 0x83 (Linux), first sector and count as 32-bit numbers; 0x55AA ends the sector.</remarks>
internal static class PartitionTable
{
    internal const int SectorBytes = 512;
    private const int TableAt = 446;
    private const int EntryBytes = 16;
    private const byte LinuxType = 0x83;

    /// <summary>The boot record of a disk with these partitions.</summary>
    /// <param name="partitions">In order, whole sectors, below 2 TiB.</param>
    /// <param name="signature">The disk's own number.</param>
    internal static byte[] Build(IReadOnlyList<Partition> partitions, uint signature)
    {
        var sector = new byte[SectorBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(sector.AsSpan(440), signature);
        for (int i = 0; i < partitions.Count; i++)
        {
            Span<byte> entry = sector.AsSpan(TableAt + (i * EntryBytes), EntryBytes);

            // Cylinders and heads say "beyond what this form can tell": only sector numbers are read today.
            entry[1] = entry[2] = entry[3] = entry[5] = entry[6] = entry[7] = 0xFF;
            entry[4] = LinuxType;
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], checked((uint)(partitions[i].OffsetBytes / SectorBytes)));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], checked((uint)(partitions[i].SizeBytes / SectorBytes)));
        }

        sector[510] = 0x55;
        sector[511] = 0xAA;
        return sector;
    }
}
