using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Storages;

/// <summary>Gives everything in a volume to the group of its pod (<c>fsGroup</c>), readable and writable for it.</summary>
/// <remarks>The contents are the workload's: they are walked by descriptor, and no link is followed.</remarks>
internal static class VolumeGroup
{
    private const int MaxDepth = 256;
    private const uint ReadOnlyBits = 0b100_100_000;
    private const uint ReadWriteBits = 0b110_110_000;
    private const uint DirectoryBits = 0b010_001_001_000;

    /// <summary>Applies <paramref name="group"/> to the volume mounted at <paramref name="mountPoint"/>.</summary>
    /// <param name="mountPoint">The volume.</param>
    /// <param name="group">The group, and whether a root that has it already ends the matter.</param>
    /// <param name="readOnly">Whether the group may only read.</param>
    /// <exception cref="SkerryException">A file could not be changed.</exception>
    public static void Apply(string mountPoint, FSGroup group, bool readOnly)
    {
        uint bits = readOnly ? ReadOnlyBits : ReadWriteBits;
        using FileDescriptor root = FileDescriptor.Open(mountPoint, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        FileStatus status = Attributes.Status(root);
        uint wanted = BitsOf(status, bits);
        bool matches = status.Gid == group.GroupId && (status.Permissions & wanted) == wanted;
        if (group.GroupChangePolicy == FSGroupChangePolicy.OnRootMismatch && matches)
        {
            return;
        }

        Change(root, group.GroupId, bits, 0);
    }

    private static void Change(FileDescriptor entry, uint group, uint bits, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new SkerryException(FailureKind.ResourceExhausted, $"a volume has more than {MaxDepth} directories inside each other");
        }

        FileStatus status = Attributes.Status(entry);
        if (status.Type == FileModes.S_IFDIR)
        {
            using FileDescriptor directory = FileDescriptor.Open(entry.ProcPath, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
            foreach (byte[] name in RawEntries.List(directory))
            {
                using FileDescriptor? below = RawEntries.TryOpen(directory, name, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, 0, SafePath.InRoot, out _);
                if (below is not null)
                {
                    Change(below, group, bits, depth + 1);
                }
            }
        }

        Attributes.ChangeOwner(entry, Attributes.Unchanged, group);
        if (status.Type != FileModes.S_IFLNK)
        {
            Attributes.ChangeMode(entry, status.Permissions | BitsOf(status, bits));
        }
    }

    private static uint BitsOf(FileStatus status, uint bits) => status.Type == FileModes.S_IFDIR ? bits | DirectoryBits : bits;
}
