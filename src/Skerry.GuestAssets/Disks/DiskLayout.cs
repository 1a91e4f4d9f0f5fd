namespace Skerry.GuestAssets.Disks;

/// <summary>
/// Where things lie in a disk image: a boot record, from 3 MiB on the root file system, behind it the hash tree. In front, as in Kata's
/// images, the header of a mapped image at 4 KiB, and at 2 MiB the boot record of the disk that a guest sees of such a one.
/// </summary>
/// <param name="Root">The first partition.</param>
/// <param name="Hashes">The second partition; null without dm-verity.</param>
internal sealed record DiskLayout(Partition Root, Partition? Hashes)
{
    internal const long RootOffset = 3L << 20;
    private const long Alignment = 1L << 20;

    internal long SizeBytes => Up(Hashes is { } hashes ? hashes.OffsetBytes + hashes.SizeBytes : Root.OffsetBytes + Root.SizeBytes);

    internal IReadOnlyList<Partition> Partitions => Hashes is { } hashes ? [Root, hashes] : [Root];

    /// <summary>The same partitions on the disk that starts behind the header of a mapped image.</summary>
    internal IReadOnlyList<Partition> MappedPartitions =>
        [.. Partitions.Select(partition => partition with { OffsetBytes = partition.OffsetBytes - DaxHeader.DataOffset })];

    internal static DiskLayout For(long rootBytes, bool verity)
    {
        var root = new Partition(RootOffset, rootBytes);
        long hashBytes = VerityTree.SizeFor(rootBytes / FileSystemMaker.BlockBytes);
        return new DiskLayout(root, verity ? new Partition(Up(RootOffset + rootBytes), Math.Max(hashBytes, FileSystemMaker.BlockBytes)) : null);
    }

    /// <summary>A mapped image has to be whole pieces of 2 MiB long for the guest's kernel.</summary>
    private static long Up(long bytes) => (bytes + (2 * Alignment) - 1) / (2 * Alignment) * (2 * Alignment);
}
