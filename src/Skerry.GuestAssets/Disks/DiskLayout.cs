namespace Skerry.GuestAssets.Disks;

/// <summary>
/// Where things lie in a disk image: a boot record, from 3 MiB on the root file system, behind it the hash tree. The room in front is
/// Kata's, for the header with which a mapped image (NVDIMM) is used page by page.
/// </summary>
/// <param name="Root">The first partition.</param>
/// <param name="Hashes">The second partition; null without dm-verity.</param>
internal sealed record DiskLayout(Partition Root, Partition? Hashes)
{
    internal const long RootOffset = 3L << 20;
    private const long Alignment = 1L << 20;

    internal long SizeBytes => Up(Hashes is { } hashes ? hashes.OffsetBytes + hashes.SizeBytes : Root.OffsetBytes + Root.SizeBytes);

    internal IReadOnlyList<Partition> Partitions => Hashes is { } hashes ? [Root, hashes] : [Root];

    internal static DiskLayout For(long rootBytes, bool verity)
    {
        var root = new Partition(RootOffset, rootBytes);
        long hashBytes = VerityTree.SizeFor(rootBytes / FileSystemMaker.BlockBytes);
        return new DiskLayout(root, verity ? new Partition(Up(RootOffset + rootBytes), Math.Max(hashBytes, FileSystemMaker.BlockBytes)) : null);
    }

    /// <summary>A mapped image has to be whole pieces of 2 MiB long for the guest's kernel.</summary>
    private static long Up(long bytes) => (bytes + (2 * Alignment) - 1) / (2 * Alignment) * (2 * Alignment);
}
