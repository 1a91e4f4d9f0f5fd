using Skerry.Core;
using Skerry.Oci;
using Wire = Skerry.Protocols.Agent.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// Rewrites an OCI spec into what the agent gets (Kata agent protocol, "Spec as the runtime sends it"): host paths become guest
/// paths, what belongs to the host is taken out, limits are kept for the guest's cgroups.
/// </summary>
internal static partial class GuestSpec
{
    /// <summary>Namespaces the guest makes; network and user are the sandbox's, cgroup follows the guest's own rules.</summary>
    private static readonly string[] KeptNamespaces = ["mount", "ipc", "uts", "cgroup"];

    /// <summary>Rewrites <paramref name="spec"/>.</summary>
    /// <param name="container">Whose; names rootfs and cgroup in the guest.</param>
    /// <param name="spec">The spec from the bundle.</param>
    /// <param name="mounts">The plan made from it.</param>
    /// <param name="disks">The block devices it is to have: their numbers are the host's until the agent has found them.</param>
    /// <param name="keepSeccomp">False to leave the system call filter out.</param>
    internal static Wire.Spec Rewrite(ContainerId container, OciSpec spec, IReadOnlyList<PlannedMount> mounts, IReadOnlyList<RequestedDisk> disks, bool keepSeccomp)
    {
        var result = new Wire.Spec
        {
            Version = spec.OciVersion,
            Root = new Wire.Root { Path = GuestPaths.RootFs(container), Readonly = spec.Root?.Readonly ?? false },
            Hostname = HostName(spec),
            Linux = RewriteLinux(container, spec.Linux ?? new OciLinux(), disks, keepSeccomp),
        };
        if (spec.Process is { } process)
        {
            result.Process = RewriteProcess(process);
        }

        if (spec.Hooks is { StartContainer.Count: > 0 } hooks)
        {
            result.Hooks = new Wire.Hooks();
            result.Hooks.StartContainer.Add(hooks.StartContainer.Select(RewriteHook));
        }

        result.Mounts.Add(mounts.Where(mount => mount.Route != MountRoute.Omit).Select(RewriteMount));
        result.Annotations.Add((IDictionary<string, string>)new Dictionary<string, string>(spec.Annotations));
        return result;
    }

    /// <summary>The guest's host name: the spec's, else the host's, as a container of runc's has it.</summary>
    internal static string HostName(OciSpec spec) => spec.Hostname is { Length: > 0 } name ? name : Environment.MachineName;

    /// <summary>Refuses what a guest cannot give.</summary>
    /// <exception cref="SkerryException">Unimplemented for a user namespace.</exception>
    internal static void RequireOffered(ContainerId container, OciSpec spec)
    {
        if (spec.Linux is { } linux && (linux.UidMappings.Count > 0 || linux.GidMappings.Count > 0))
        {
            throw new SkerryException(
                FailureKind.Unimplemented,
                $"container \"{container}\" asks for a user namespace, which sandboxes do not offer",
                "leave it out: the machine around the container separates its users from the host's");
        }
    }

    /// <summary>True when the container joins a pid namespace that the manager named: the pod shares one.</summary>
    internal static bool SharesPidNamespace(OciSpec spec) =>
        spec.Linux?.Namespaces.Any(space => space.Type == "pid" && !string.IsNullOrEmpty(space.Path)) ?? false;

    /// <summary>A process of an exec, or of a container.</summary>
    internal static Wire.Process RewriteProcess(OciProcess process)
    {
        var result = new Wire.Process
        {
            Terminal = process.Terminal,
            User = new Wire.User { UID = process.User.Uid, GID = process.User.Gid, Username = process.User.Username ?? string.Empty },
            Cwd = process.Cwd,
            NoNewPrivileges = process.NoNewPrivileges,
            OOMScoreAdj = process.OomScoreAdj ?? 0,
        };
        result.User.AdditionalGids.Add(process.User.AdditionalGids);
        result.Args.Add(process.Args);
        result.Env.Add(process.Env);
        result.Rlimits.Add(process.Rlimits.Select(limit => new Wire.POSIXRlimit { Type = limit.Type, Hard = limit.Hard, Soft = limit.Soft }));
        if (process.ConsoleSize is { } size)
        {
            result.ConsoleSize = new Wire.Box { Height = size.Height, Width = size.Width };
        }

        if (process.Capabilities is { } capabilities)
        {
            result.Capabilities = RewriteCapabilities(capabilities);
        }

        return result;
    }

    private static Wire.Hook RewriteHook(OciHook hook)
    {
        var result = new Wire.Hook { Path = hook.Path, Timeout = hook.Timeout ?? 0 };
        result.Args.Add(hook.Args);
        result.Env.Add(hook.Env);
        return result;
    }

    private static Wire.LinuxCapabilities RewriteCapabilities(OciCapabilities capabilities)
    {
        var result = new Wire.LinuxCapabilities();
        result.Bounding.Add(capabilities.Bounding);
        result.Effective.Add(capabilities.Effective);
        result.Inheritable.Add(capabilities.Inheritable);
        result.Permitted.Add(capabilities.Permitted);
        result.Ambient.Add(capabilities.Ambient);
        return result;
    }

    private static Wire.Mount RewriteMount(PlannedMount planned)
    {
        OciMount mount = planned.Mount;
        var result = new Wire.Mount { Destination = mount.Destination, Type = mount.Type ?? string.Empty, Source = mount.Source ?? string.Empty };
        switch (planned.Route)
        {
            case MountRoute.Share:
                result.Type = "bind";
                result.Source = planned.Storage?.MountPoint ?? GuestPaths.Shared(planned.ShareName);
                result.Options.Add(mount.Options);
                break;
            case MountRoute.MountAndShare:
                result.Type = "bind";
                result.Source = GuestPaths.Shared(planned.ShareName);
                result.Options.Add("rbind");
                result.Options.Add(mount.Options.Where(option => option is "ro" or "rw"));
                break;
            case MountRoute.GuestVolume:
                result.Type = "bind";
                result.Source = planned.Storage!.MountPoint;
                result.Options.Add(mount.Options);
                break;
            case MountRoute.SandboxShm:
                result.Type = "bind";
                result.Source = GuestPaths.Shm;
                result.Options.Add("rbind");
                break;
            default:
                result.Options.Add(mount.Options);
                break;
        }

        return result;
    }

    private static Wire.Linux RewriteLinux(ContainerId container, OciLinux linux, IReadOnlyList<RequestedDisk> disks, bool keepSeccomp)
    {
        var result = new Wire.Linux
        {
            CgroupsPath = $"/{container.Value}",
            RootfsPropagation = linux.RootfsPropagation ?? string.Empty,
            Resources = RewriteResources(linux.Resources ?? new OciResources(), disks),
        };
        result.Sysctl.Add((IDictionary<string, string>)new Dictionary<string, string>(linux.Sysctl));
        result.MaskedPaths.Add(linux.MaskedPaths);
        result.ReadonlyPaths.Add(linux.ReadonlyPaths);
        result.Namespaces.Add(linux.Namespaces.Where(IsMadeInGuest).Select(space => new Wire.LinuxNamespace { Type = space.Type }));
        result.Devices.Add(linux.Devices.Where(device => GuestDevices.Exists(device) || disks.Any(disk => disk.Path == device.Path && device.Type == "b")).Select(RewriteDevice));
        if (keepSeccomp && linux.Seccomp is { } seccomp)
        {
            result.Seccomp = RewriteSeccomp(seccomp);
        }

        return result;
    }

    private static bool IsMadeInGuest(OciNamespace space) =>
        KeptNamespaces.Contains(space.Type) || (space.Type == "pid" && string.IsNullOrEmpty(space.Path));

    private static Wire.LinuxDevice RewriteDevice(OciDevice device) => new()
    {
        Path = device.Path,
        Type = device.Type,
        Major = device.Major,
        Minor = device.Minor,
        FileMode = device.FileMode ?? 0,
        UID = device.Uid ?? 0,
        GID = device.Gid ?? 0,
    };

    private static Wire.LinuxSeccomp RewriteSeccomp(OciSeccomp seccomp)
    {
        var result = new Wire.LinuxSeccomp { DefaultAction = seccomp.DefaultAction };
        result.Architectures.Add(seccomp.Architectures);
        result.Flags.Add(seccomp.Flags);
        foreach (OciSyscall rule in seccomp.Syscalls)
        {
            var call = new Wire.LinuxSyscall { Action = rule.Action };
            call.Names.Add(rule.Names);
            if (rule.ErrnoRet is { } number)
            {
                call.Errnoret = number;
            }

            call.Args.Add(rule.Args.Select(arg => new Wire.LinuxSeccompArg { Index = arg.Index, Value = arg.Value, ValueTwo = arg.ValueTwo, Op = arg.Op }));
            result.Syscalls.Add(call);
        }

        return result;
    }
}
