namespace Skerry.Linux;

/// <summary>Changes that can be forbidden for a <see cref="MemFd"/>, from include/uapi/linux/fcntl.h.</summary>
[Flags]
public enum MemFdSeals
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>No more seals.</summary>
    F_SEAL_SEAL = 1,

    /// <summary>Not shorter.</summary>
    F_SEAL_SHRINK = 2,

    /// <summary>Not longer.</summary>
    F_SEAL_GROW = 4,

    /// <summary>No other contents.</summary>
    F_SEAL_WRITE = 8,
}
