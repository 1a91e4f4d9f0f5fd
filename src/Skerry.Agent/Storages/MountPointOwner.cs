using Skerry.Linux;

namespace Skerry.Agent.Storages;

/// <summary>Gives the root of a volume the group and the mode its options name.</summary>
internal static class MountPointOwner
{
    private const uint SetGroupIdBit = 0b010_000_000_000;
    private const uint DefaultMode = 0b111_111_111;

    /// <summary>Applies <c>fsgid=</c> and <c>mode=</c>; with a group the set-group-id bit makes what is created below inherit it.</summary>
    public static void Apply(string path, StorageOptions options)
    {
        if (options.GroupId is null && options.Mode is null)
        {
            return;
        }

        using FileDescriptor directory = FileDescriptor.Open(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        if (options.GroupId is { } group)
        {
            RootedFiles.ChangeOwner(directory, uint.MaxValue, group);
        }

        uint mode = options.Mode ?? DefaultMode;
        RootedFiles.ChangeMode(directory, options.GroupId is null ? mode : mode | SetGroupIdBit);
    }
}
