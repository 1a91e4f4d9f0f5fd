namespace Skerry.Linux;

/// <summary>Flags of open(2) and openat2(2), from include/uapi/asm-generic/fcntl.h (x86_64 values).</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>Read only.</summary>
    O_RDONLY = 0,

    /// <summary>Write only.</summary>
    O_WRONLY = 0x1,

    /// <summary>Read and write.</summary>
    O_RDWR = 0x2,

    /// <summary>Create the file when it is missing.</summary>
    O_CREAT = 0x40,

    /// <summary>With <see cref="O_CREAT"/>: fail when the file exists.</summary>
    O_EXCL = 0x80,

    /// <summary>Do not make a terminal the controlling terminal.</summary>
    O_NOCTTY = 0x100,

    /// <summary>Cut the file to length 0.</summary>
    O_TRUNC = 0x200,

    /// <summary>Every write goes to the end.</summary>
    O_APPEND = 0x400,

    /// <summary>Do not block, neither in open nor later.</summary>
    O_NONBLOCK = 0x800,

    /// <summary>Fail unless the file is a directory.</summary>
    O_DIRECTORY = 0x10000,

    /// <summary>Fail with ELOOP when the last component is a symbolic link.</summary>
    O_NOFOLLOW = 0x20000,

    /// <summary>Close on exec; <see cref="FileDescriptor.Open"/> always adds it.</summary>
    O_CLOEXEC = 0x80000,

    /// <summary>A handle to the place in the tree, not to the contents.</summary>
    O_PATH = 0x200000,

    /// <summary>An unnamed file in the given directory.</summary>
    O_TMPFILE = 0x410000,
}
