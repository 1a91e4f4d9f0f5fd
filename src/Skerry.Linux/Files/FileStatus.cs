namespace Skerry.Linux;

/// <summary>What statx(2) says about a file.</summary>
/// <param name="Mode">Type and permissions, see inode(7).</param>
/// <param name="Links">Hard links.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Inode">Number of the inode.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="Device">The file system, as (major, minor).</param>
/// <param name="DeviceNode">For a device node: what it stands for, as (major, minor).</param>
/// <param name="Modified">Last change of the contents.</param>
public readonly record struct FileStatus(
    uint Mode,
    uint Links,
    uint Uid,
    uint Gid,
    ulong Inode,
    ulong SizeBytes,
    (uint Major, uint Minor) Device,
    (uint Major, uint Minor) DeviceNode,
    FileTime Modified)
{
    /// <summary>The type: one of the S_IF… constants of <see cref="FileModes"/>.</summary>
    public uint Type => Mode & FileModes.S_IFMT;

    /// <summary>The permissions with set-id and sticky bits.</summary>
    public uint Permissions => Mode & 0b111_111_111_111;
}
