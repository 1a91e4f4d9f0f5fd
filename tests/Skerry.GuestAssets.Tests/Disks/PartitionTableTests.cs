using System.Buffers.Binary;
using Skerry.GuestAssets.Disks;

namespace Skerry.GuestAssets.Tests.Disks;

public sealed class PartitionTableTests
{
    [Fact]
    public void Partitions_StandWhereTheKernelReadsThem()
    {
        byte[] sector = PartitionTable.Build([new Partition(3 << 20, 8 << 20), new Partition(12 << 20, 4096)], 0x01020304);
        Assert.Equal(512, sector.Length);
        Assert.Equal([0x55, 0xAA], sector[510..]);
        Assert.Equal([0x04, 0x03, 0x02, 0x01], sector[440..444]);
        Assert.Equal((6144u, 16384u, (byte)0x83), Entry(sector, 0));
        Assert.Equal((24576u, 8u, (byte)0x83), Entry(sector, 1));
        Assert.Equal((0u, 0u, (byte)0), Entry(sector, 2));
    }

    [Fact]
    public void HashesLieBehindTheRoot_AndAllIsAligned()
    {
        DiskLayout layout = DiskLayout.For(10 * 4096, verity: true);
        Assert.Equal(3 << 20, layout.Root.OffsetBytes);
        Assert.True(layout.Hashes!.Value.OffsetBytes >= layout.Root.OffsetBytes + layout.Root.SizeBytes);
        Assert.Equal(0, layout.SizeBytes % (2 << 20));
        Assert.Null(DiskLayout.For(10 * 4096, verity: false).Hashes);
    }

    private static (uint First, uint Count, byte Type) Entry(byte[] sector, int index)
    {
        Span<byte> entry = sector.AsSpan(446 + (16 * index), 16);
        return (BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]), entry[4]);
    }
}
