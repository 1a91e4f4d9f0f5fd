using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>A root file system that its snapshotter keeps on a block device of the host, so that the guest can mount it itself.</summary>
/// <param name="Disk">The device.</param>
/// <param name="FileSystem">What is on it.</param>
/// <param name="Options">How it is to be mounted, in the words of mount(8).</param>
internal sealed record RequestedRoot(RequestedDisk Disk, string FileSystem, IReadOnlyList<string> Options)
{
    /// <summary>What snapshotters make on block devices, and a guest kernel may have.</summary>
    private static readonly string[] s_fileSystems = ["ext4", "xfs"];

    /// <summary>The root that <paramref name="mounts"/> describe; null unless it is one file system on one block device.</summary>
    internal static RequestedRoot? Of(IReadOnlyList<RootFsMount> mounts)
    {
        if (mounts is not [{ Target.Length: 0 } mount] || !s_fileSystems.Contains(mount.Type)
            || !Attributes.TryStatus(mount.Source, followLinks: true, out FileStatus status, out _) || status.Type != FileModes.S_IFBLK)
        {
            return null;
        }

        var number = new DeviceNumber(status.DeviceNode.Major, status.DeviceNode.Minor);
        return new RequestedRoot(new RequestedDisk("/", number, Writable: !mount.Options.Contains("ro")), mount.Type, mount.Options);
    }
}
