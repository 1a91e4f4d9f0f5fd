namespace Skerry.Linux;

/// <summary>The file types within a mode, from include/uapi/linux/stat.h.</summary>
public static class FileModes
{
    /// <summary>The bits of the type.</summary>
    public const uint S_IFMT = 0xF000;

    /// <summary>A socket.</summary>
    public const uint S_IFSOCK = 0xC000;

    /// <summary>A symbolic link.</summary>
    public const uint S_IFLNK = 0xA000;

    /// <summary>A regular file.</summary>
    public const uint S_IFREG = 0x8000;

    /// <summary>A block device.</summary>
    public const uint S_IFBLK = 0x6000;

    /// <summary>A directory.</summary>
    public const uint S_IFDIR = 0x4000;

    /// <summary>A character device.</summary>
    public const uint S_IFCHR = 0x2000;

    /// <summary>A named pipe.</summary>
    public const uint S_IFIFO = 0x1000;

    /// <summary>Set user id on execution.</summary>
    public const uint S_ISUID = 0x800;

    /// <summary>Set group id on execution.</summary>
    public const uint S_ISGID = 0x400;

    /// <summary>Only owners remove entries.</summary>
    public const uint S_ISVTX = 0x200;
}
