namespace Skerry.Linux;

/// <summary>Flags of mount(2), from include/uapi/linux/mount.h.</summary>
[Flags]
public enum MountFlags : ulong
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Read only.</summary>
    MS_RDONLY = 0x1,

    /// <summary>Set-user-id bits and file capabilities mean nothing.</summary>
    MS_NOSUID = 0x2,

    /// <summary>Device files do not open.</summary>
    MS_NODEV = 0x4,

    /// <summary>Programs do not run.</summary>
    MS_NOEXEC = 0x8,

    /// <summary>Writes reach the disk before they return.</summary>
    MS_SYNCHRONOUS = 0x10,

    /// <summary>Change the flags of an existing mount.</summary>
    MS_REMOUNT = 0x20,

    /// <summary>Mandatory locks (ignored since Linux 5.15).</summary>
    MS_MANDLOCK = 0x40,

    /// <summary>Directory changes reach the disk before they return.</summary>
    MS_DIRSYNC = 0x80,

    /// <summary>Symbolic links are not followed.</summary>
    MS_NOSYMFOLLOW = 0x100,

    /// <summary>Access times are not kept.</summary>
    MS_NOATIME = 0x400,

    /// <summary>Access times of directories are not kept.</summary>
    MS_NODIRATIME = 0x800,

    /// <summary>Show a part of the tree in a second place.</summary>
    MS_BIND = 0x1000,

    /// <summary>Move a mount to another place.</summary>
    MS_MOVE = 0x2000,

    /// <summary>With the mounts beneath.</summary>
    MS_REC = 0x4000,

    /// <summary>Fewer messages in the kernel's log.</summary>
    MS_SILENT = 0x8000,

    /// <summary>Access control lists.</summary>
    MS_POSIXACL = 0x10000,

    /// <summary>Propagation: cannot be bound.</summary>
    MS_UNBINDABLE = 0x20000,

    /// <summary>Propagation: none.</summary>
    MS_PRIVATE = 0x40000,

    /// <summary>Propagation: from the master only.</summary>
    MS_SLAVE = 0x80000,

    /// <summary>Propagation: both ways.</summary>
    MS_SHARED = 0x100000,

    /// <summary>Access times relative to modification times.</summary>
    MS_RELATIME = 0x200000,

    /// <summary>Count changes of inodes.</summary>
    MS_I_VERSION = 0x800000,

    /// <summary>Access times always kept.</summary>
    MS_STRICTATIME = 0x1000000,

    /// <summary>Times are written lazily.</summary>
    MS_LAZYTIME = 0x2000000,
}
