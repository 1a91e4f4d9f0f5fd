namespace Skerry.Linux;

/// <summary>What a path leads to, the file type bits of stat(2) as an enumeration.</summary>
public enum FileKind
{
    /// <summary>Nothing is there.</summary>
    Missing = 0,

    /// <summary>A regular file.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link; only when links are not followed.</summary>
    SymbolicLink,

    /// <summary>A unix socket.</summary>
    Socket,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,
}
