namespace Skerry.Linux;

/// <summary>Flags of umount2(2), from include/linux/fs.h.</summary>
[Flags]
public enum UnmountFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Abort what is under way, for network and FUSE file systems.</summary>
    MNT_FORCE = 1,

    /// <summary>Out of the tree at once, gone when its last user is.</summary>
    MNT_DETACH = 2,

    /// <summary>Mark as expired; the second call unmounts.</summary>
    MNT_EXPIRE = 4,

    /// <summary>Do not follow a symbolic link at the end of the path.</summary>
    UMOUNT_NOFOLLOW = 8,
}
