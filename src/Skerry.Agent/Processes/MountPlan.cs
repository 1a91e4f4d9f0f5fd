using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Processes;

/// <summary>Turns the file systems of an OCI spec into the steps the child takes before it switches its root, in runc's order.</summary>
/// <remarks>runtime-spec 1.2: mounts, then devices and links, then the working directory, then masked and read-only paths.</remarks>
internal static class MountPlan
{
    private const uint DefaultDeviceMode = 0b110_110_110;
    private const uint DirectoryMode = 0b111_101_101;

    /// <summary>Options of a bind whose source, when it is a symbolic link, is to be made again instead of followed.</summary>
    private static readonly string[] s_copyLinkOptions = ["copysymlink", "copy-symlink"];

    /// <summary>Options of idmapped mounts, which need the mappings that the agent's protocol has no field for.</summary>
    private static readonly string[] s_idMapOptions = ["idmap", "ridmap"];

    /// <summary>All steps for <paramref name="spec"/>.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a mount, a device or an option that cannot be.</exception>
    public static IReadOnlyList<MountStep> Build(Spec spec)
    {
        List<MountStep> steps = [.. spec.Mounts.Select(FileSystem)];
        if (!DevicePlan.BringsItsOwn(spec.Mounts))
        {
            steps.AddRange(DevicePlan.Devices(spec.Linux?.Devices ?? []).Select(Device));
            steps.Add(MountStep.Symlink("/dev/ptmx", "pts/ptmx"));
            steps.AddRange(DevicePlan.Links.Select(l => MountStep.Symlink(l.Path, l.Target)));
        }

        if (spec.Process.Cwd.Length > 0)
        {
            steps.Add(MountStep.MakeDirectory(spec.Process.Cwd, DirectoryMode));
        }

        // A loop: Select behind Where is a generic virtual call, for which the runtime builds types at run time.
        foreach (Mount mount in spec.Mounts)
        {
            if (IsReadOnlyTmpfs(mount))
            {
                steps.Add(MountStep.Remount(mount.Destination, MountFlags.MS_RDONLY));
            }
        }

        steps.AddRange((spec.Linux?.ReadonlyPaths ?? []).Select(MountStep.ReadOnlyPath));
        steps.AddRange((spec.Linux?.MaskedPaths ?? []).Select(MountStep.Mask));
        return steps;
    }

    /// <summary>The propagation of the container's root, or None for the default.</summary>
    /// <exception cref="SkerryException">InvalidArgument for an unknown word.</exception>
    public static MountFlags RootPropagation(string word)
    {
        if (word.Length == 0)
        {
            return MountFlags.None;
        }

        (MountFlags flags, MountFlags propagation, string data) = Mounts.ParseOptions([word]);
        return flags == MountFlags.None && data.Length == 0 && propagation != MountFlags.None
            ? propagation
            : throw new SkerryException(FailureKind.InvalidArgument, $"rootfsPropagation \"{word}\" is not known", "use shared, slave, private or unbindable, with or without r before it");
    }

    private static MountStep FileSystem(Mount mount)
    {
        if (!mount.Destination.StartsWith('/'))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"mount destination \"{mount.Destination}\" is not absolute");
        }

        if (mount.Options.FirstOrDefault(o => s_idMapOptions.Contains(o.Split('=')[0])) is { } mapped)
        {
            throw new SkerryException(FailureKind.Unimplemented, $"mount of \"{mount.Destination}\": option \"{mapped}\" is not offered: the guest has no user namespaces");
        }

        MountAttributes tree = Mounts.ParseTreeOptions(mount.Options.Except(s_copyLinkOptions), out IReadOnlyList<string> others);
        (MountFlags flags, MountFlags propagation, string data) = Mounts.ParseOptions(others);
        if (mount.Type == "bind" || flags.HasFlag(MountFlags.MS_BIND))
        {
            return CopiedLink(mount)
                ?? MountStep.Bind(mount.Source, mount.Destination, flags | MountFlags.MS_BIND, propagation) with { TreeAttributes = tree };
        }

        if (IsReadOnlyTmpfs(mount))
        {
            // Other mounts may need mount points in it: it becomes read-only at the end.
            flags &= ~MountFlags.MS_RDONLY;
        }

        bool cgroup = mount.Type is "cgroup" or "cgroup2";
        return MountStep.Mount(
            mount.Source.Length > 0 ? mount.Source : mount.Type, mount.Destination, cgroup ? "cgroup2" : mount.Type, flags, cgroup ? null : data, propagation) with
        {
            TreeAttributes = tree,
        };
    }

    private static MountStep? CopiedLink(Mount mount) =>
        mount.Options.Any(o => s_copyLinkOptions.Contains(o)) && new FileInfo(mount.Source).LinkTarget is { } text ? MountStep.Symlink(mount.Destination, text) : null;

    private static bool IsReadOnlyTmpfs(Mount mount) => mount.Type == "tmpfs" && mount.Options.LastOrDefault(o => o is "ro" or "rw") == "ro";

    private static MountStep Device(LinuxDevice device)
    {
        uint type = device.Type switch
        {
            "c" or "u" => FileModes.S_IFCHR,
            "b" => FileModes.S_IFBLK,
            "p" => FileModes.S_IFIFO,
            _ => throw new SkerryException(FailureKind.InvalidArgument, $"device \"{device.Path}\" has the unknown type \"{device.Type}\"", "use c, u, b or p"),
        };
        uint mode = device.FileMode != 0 ? device.FileMode & 0xFFF : DefaultDeviceMode;
        return MountStep.Device(device.Path, type, (uint)device.Major, (uint)device.Minor, mode, device.UID, device.GID, device.Path);
    }
}
