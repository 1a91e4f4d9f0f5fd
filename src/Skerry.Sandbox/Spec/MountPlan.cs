using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// Decides for each mount of an OCI spec how it reaches the container: made in the guest, shared from the host, or not at all.
/// Pure but for looking at the kind of each source.
/// </summary>
internal static class MountPlan
{
    /// <summary>File systems without a host side: the guest's kernel makes them.</summary>
    private static readonly string[] GuestTypes = ["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "devtmpfs", "ramfs", "securityfs", "debugfs", "tracefs", "bpf"];

    /// <summary>Plans all mounts of <paramref name="spec"/>, in its order.</summary>
    /// <param name="container">Whose; names the entries of the share.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="kindOf">What a host path leads to.</param>
    /// <param name="volumeAt">What the kubelet mounted at a host path; null when it mounted nothing.</param>
    /// <exception cref="SkerryException">InvalidArgument for a missing source or one that cannot be shared (a socket, a device).</exception>
    internal static IReadOnlyList<PlannedMount> For(ContainerId container, OciSpec spec, Func<string, FileKind> kindOf, Func<string, HostVolume?> volumeAt) =>
        [.. spec.Mounts.Select((mount, index) => Plan(container, mount, index, kindOf, volumeAt))];

    private static PlannedMount Plan(ContainerId container, OciMount mount, int index, Func<string, FileKind> kindOf, Func<string, HostVolume?> volumeAt)
    {
        if (mount.UidMappings.Count > 0 || mount.GidMappings.Count > 0 || mount.Options.Any(option => option.Split('=')[0] is "idmap" or "ridmap"))
        {
            throw new SkerryException(FailureKind.Unimplemented, $"the mount of \"{mount.Destination}\" maps ids, which sandboxes do not offer");
        }

        if (!IsBind(mount))
        {
            return GuestTypes.Contains(mount.Type)
                ? new PlannedMount(mount, MountRoute.Guest)
                : new PlannedMount(mount, MountRoute.MountAndShare, ShareName(container, mount, index));
        }

        string source = mount.Source ?? string.Empty;
        if (mount.Destination == "/dev/shm")
        {
            return new PlannedMount(mount, MountRoute.SandboxShm);
        }

        if (IsBelow(source, "/proc") || IsBelow(source, "/sys"))
        {
            return new PlannedMount(mount, MountRoute.Guest);
        }

        if (GuestVolumes.Of(mount, volumeAt(source)) is { } storage)
        {
            return new PlannedMount(mount, MountRoute.GuestVolume, Storage: storage);
        }

        return kindOf(source) switch
        {
            FileKind.Directory => Share(mount, ShareName(container, mount, index)),
            FileKind.Regular => new PlannedMount(mount, MountRoute.Share, ShareName(container, mount, index)),
            FileKind.Missing => throw Refused(mount, $"stat {source}: no such file or directory", hint: null),
            FileKind.CharacterDevice or FileKind.BlockDevice => new PlannedMount(
                mount, MountRoute.Omit, Warning: $"\"{source}\" is a device of the host: it is not in the guest, and \"{mount.Destination}\" is left out"),
            FileKind kind => throw Refused(
                mount, $"{source} is a {Describe(kind)}, whose other end is on the host", "mount a directory or a regular file, or talk to the host over the network"),
        };
    }

    private static PlannedMount Share(OciMount mount, string name) => new(mount, MountRoute.Share, name, Storage: WatchedVolumes.Of(mount.Source!, name));

    private static bool IsBind(OciMount mount) =>
        mount.Type is "bind" || (mount.Type is null or "none" or "" && mount.Options.Any(option => option is "bind" or "rbind"))
        || mount.Options.Any(option => option is "bind" or "rbind");

    private static bool IsBelow(string path, string directory) =>
        path == directory || (path.StartsWith(directory, StringComparison.Ordinal) && path[directory.Length] == '/');

    private static string Describe(FileKind kind) => kind == FileKind.Socket ? "socket" : "named pipe";

    private static SkerryException Refused(OciMount mount, string reason, string? hint) => new(
        FailureKind.InvalidArgument, $"error mounting \"{mount.Source}\" to rootfs at \"{mount.Destination}\": {reason}", hint);

    /// <summary>Kata's form: the container, sixteen hex digits that tell equal names apart, the last part of the destination.</summary>
    private static string ShareName(ContainerId container, OciMount mount, int index)
    {
        string name = Path.GetFileName(mount.Destination.TrimEnd('/'));
        return $"{container.Value}-{index:x16}-{(name.Length == 0 ? "root" : name)}";
    }
}
