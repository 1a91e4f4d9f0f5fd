namespace Skerry.Linux;

/// <summary>What statfs(2) says about a mounted file system.</summary>
/// <param name="Type">The magic number, from include/uapi/linux/magic.h.</param>
/// <param name="BlockSizeBytes">Size of a block.</param>
/// <param name="Blocks">Blocks in all.</param>
/// <param name="FreeBlocks">Blocks free.</param>
/// <param name="AvailableBlocks">Blocks free for ordinary users.</param>
/// <param name="Files">Inodes in all.</param>
/// <param name="FreeFiles">Inodes free.</param>
/// <param name="MountFlags">The flags of the mount that mount(2) understands.</param>
public readonly record struct FileSystemStat(
    long Type,
    long BlockSizeBytes,
    ulong Blocks,
    ulong FreeBlocks,
    ulong AvailableBlocks,
    ulong Files,
    ulong FreeFiles,
    MountFlags MountFlags)
{
    /// <summary>Bytes an ordinary user can still write.</summary>
    public ulong AvailableBytes => AvailableBlocks * (ulong)BlockSizeBytes;
}
