namespace Skerry.Linux;

/// <summary>Attributes of a mount for mount_setattr(2), from include/uapi/linux/mount.h.</summary>
[Flags]
public enum MountAttribute : ulong
{
    /// <summary>No attribute; for access times, relative ones.</summary>
    None = 0,

    /// <summary>Read only.</summary>
    MOUNT_ATTR_RDONLY = 0x1,

    /// <summary>Set-user-id bits and file capabilities mean nothing.</summary>
    MOUNT_ATTR_NOSUID = 0x2,

    /// <summary>Device files do not open.</summary>
    MOUNT_ATTR_NODEV = 0x4,

    /// <summary>Programs do not run.</summary>
    MOUNT_ATTR_NOEXEC = 0x8,

    /// <summary>Access times are not kept.</summary>
    MOUNT_ATTR_NOATIME = 0x10,

    /// <summary>Access times are always kept.</summary>
    MOUNT_ATTR_STRICTATIME = 0x20,

    /// <summary>All bits of the choice of access times; has to be cleared to set one.</summary>
    MOUNT_ATTR__ATIME = 0x70,

    /// <summary>Access times of directories are not kept.</summary>
    MOUNT_ATTR_NODIRATIME = 0x80,

    /// <summary>Symbolic links are not followed.</summary>
    MOUNT_ATTR_NOSYMFOLLOW = 0x200000,
}
