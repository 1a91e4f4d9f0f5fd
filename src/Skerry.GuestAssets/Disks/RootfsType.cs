namespace Skerry.GuestAssets.Disks;

/// <summary>The file system of a disk image; the names in lower case are those of the configuration's <c>rootfs_type</c>.</summary>
public enum RootfsType
{
    /// <summary>Made by mke2fs and filled by debugfs: no root, no loop device.</summary>
    Ext4 = 0,

    /// <summary>Made by mkfs.xfs from a list of files. At least 300 MiB, which xfs demands; holes, for the most part.</summary>
    Xfs,

    /// <summary>Made by mkfs.erofs from the directory: read-only by its nature, and the smallest.</summary>
    Erofs,
}
