namespace Skerry.Images.Tar;

/// <summary>What a tar entry makes, after long names, extended headers and sparse maps are worked in.</summary>
internal enum TarEntryType
{
    /// <summary>A file with content, possibly sparse.</summary>
    File,

    /// <summary>Another name of an earlier entry.</summary>
    HardLink,

    /// <summary>A symbolic link.</summary>
    Symlink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A named pipe.</summary>
    Fifo,
}
