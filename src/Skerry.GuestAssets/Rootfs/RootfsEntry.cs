using Skerry.Linux;

namespace Skerry.GuestAssets.Rootfs;

/// <summary>One file, directory or link of a root file system, as it goes into an image.</summary>
/// <param name="Path">Path without a leading slash; empty for the root itself.</param>
/// <param name="Mode">Type and permissions, as st_mode has them.</param>
/// <param name="Uid">Owner in the guest.</param>
/// <param name="Gid">Group in the guest.</param>
/// <param name="SizeBytes">Length of a regular file.</param>
/// <param name="SourcePath">Where its content is on this host.</param>
internal sealed record RootfsEntry(string Path, uint Mode, uint Uid, uint Gid, long SizeBytes, string SourcePath)
{
    /// <summary>What a symbolic link holds; empty for all else.</summary>
    internal string LinkTarget { get; init; } = string.Empty;

    /// <summary>The path of the entry whose content this one shares (a hard link); null for the first name of a file.</summary>
    internal string? HardLinkTo { get; init; }

    /// <summary>How many names the file has in this tree.</summary>
    internal uint Links { get; init; } = 1;

    /// <summary>Major and minor number of a device node.</summary>
    internal (uint Major, uint Minor) Device { get; init; }

    /// <summary>Extended attributes that matter in a guest: security.capability and user.*.</summary>
    internal IReadOnlyList<(string Name, byte[] Value)> Attributes { get; init; } = [];

    internal uint Type => Mode & FileModes.S_IFMT;

    internal uint Permissions => Mode & ~FileModes.S_IFMT;

    internal string Name => System.IO.Path.GetFileName(Path);

    internal string Directory => System.IO.Path.GetDirectoryName(Path) ?? string.Empty;
}
