namespace Skerry.Linux;

/// <summary>How openat2(2) walks a path, from include/uapi/linux/openat2.h.</summary>
[Flags]
public enum ResolveFlags : ulong
{
    /// <summary>As openat(2).</summary>
    None = 0,

    /// <summary>Do not cross into another mount.</summary>
    RESOLVE_NO_XDEV = 0x1,

    /// <summary>No jumps through /proc links.</summary>
    RESOLVE_NO_MAGICLINKS = 0x2,

    /// <summary>No symbolic links at all.</summary>
    RESOLVE_NO_SYMLINKS = 0x4,

    /// <summary>Fail with EXDEV when the path leaves the directory.</summary>
    RESOLVE_BENEATH = 0x8,

    /// <summary>The directory is the root: absolute links and ".." stay in it.</summary>
    RESOLVE_IN_ROOT = 0x10,
}
