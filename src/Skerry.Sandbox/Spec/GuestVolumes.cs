using System.Globalization;
using Skerry.Linux;
using Skerry.Oci;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <summary>
/// Volumes that are memory: emptyDirs of medium Memory or HugePages. The kubelet mounts them on the host, but what a pod writes
/// there is to come out of the pod's memory: they are made in the guest, once for all containers, and live as long as the pod.
/// </summary>
internal static class GuestVolumes
{
    private const string EmptyDirs = "/kubernetes.io~empty-dir/";
    private const string Directory = "/run/kata-containers/sandbox/ephemeral/";

    /// <summary>What of the file system's own options holds in the guest too.</summary>
    private static readonly string[] Carried = ["size=", "pagesize="];

    /// <summary>What the kubelet mounted at <paramref name="path"/>; null for anything that is no emptyDir, or not a file system of its own.</summary>
    internal static HostVolume? At(string path)
    {
        if (!path.Contains(EmptyDirs, StringComparison.Ordinal) || MountTable.Read().LastOrDefault(entry => entry.Target == path) is not { } mount)
        {
            return null;
        }

        return Attributes.TryStatus(path, followLinks: true, out FileStatus status, out _)
            ? new HostVolume(mount.Type, status.Permissions, status.Uid, status.Gid, mount.SuperOptions)
            : null;
    }

    /// <summary>The storage that takes the volume's place in the guest; null for one that stays on the host.</summary>
    internal static Storage? Of(OciMount mount, HostVolume? volume)
    {
        if (volume is not { FileSystem: "tmpfs" or "hugetlbfs" })
        {
            return null;
        }

        var storage = new Storage
        {
            Driver = "ephemeral",
            Source = volume.FileSystem,
            Fstype = volume.FileSystem,
            MountPoint = Directory + Path.GetFileName(mount.Source!.TrimEnd('/')),
            Shared = true,
        };
        storage.Options.Add([
            $"mode={Convert.ToString(volume.Mode, 8)}",
            string.Create(CultureInfo.InvariantCulture, $"uid={volume.Uid}"),
            string.Create(CultureInfo.InvariantCulture, $"gid={volume.Gid}"),
            .. volume.Options.Split(',').Where(option => Carried.Any(name => option.StartsWith(name, StringComparison.Ordinal))),
        ]);
        return storage;
    }
}
