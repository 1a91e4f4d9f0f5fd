namespace Skerry.Linux;

/// <summary>How openat2(2) resolves a path, from include/uapi/linux/openat2.h.</summary>
[Flags]
public enum ResolveFlags : ulong
{
    /// <summary>As open(2) does.</summary>
    None = 0,

    /// <summary>EXDEV when the path enters another mount.</summary>
    RESOLVE_NO_XDEV = 0x1,

    /// <summary>ELOOP at a link of /proc such as /proc/self/exe.</summary>
    RESOLVE_NO_MAGICLINKS = 0x2,

    /// <summary>ELOOP at any symbolic link.</summary>
    RESOLVE_NO_SYMLINKS = 0x4,

    /// <summary>EXDEV when the path leaves the starting directory.</summary>
    RESOLVE_BENEATH = 0x8,

    /// <summary>The starting directory is "/": absolute links and ".." stay inside.</summary>
    RESOLVE_IN_ROOT = 0x10,

    /// <summary>EAGAIN unless the path is in the kernel's cache.</summary>
    RESOLVE_CACHED = 0x20,
}
