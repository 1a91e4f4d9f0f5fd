using Skerry.Core;

namespace Skerry.Oci;

/// <summary>Makes the spec <c>ctr run</c> would make, changed by what a person asked for.</summary>
public static class DefaultSpec
{
    private const ulong CpuPeriodMicroseconds = 100_000;

    private static readonly string[] NewNamespaces = ["pid", "ipc", "uts", "mount", "network", "cgroup"];

    /// <summary>The spec for <paramref name="options"/>; valid whenever the arguments are.</summary>
    /// <exception cref="SkerryException">InvalidArgument for an unknown capability, or limits out of range.</exception>
    public static OciSpec Create(DefaultSpecOptions options) => new()
    {
        OciVersion = OciSpec.Version,
        Process = MakeProcess(options),
        Root = new OciRoot { Path = options.RootPath, Readonly = options.ReadOnlyRoot },
        Hostname = options.Hostname ?? options.Id[..Math.Min(options.Id.Length, 12)],
        Mounts = MergeMounts(options.Mounts),
        Annotations = options.Annotations,
        Linux = MakeLinux(options),
    };

    private static OciProcess MakeProcess(DefaultSpecOptions options)
    {
        IReadOnlyList<string> capabilities = DefaultCapabilities.Change(options.AddedCapabilities, options.DroppedCapabilities);
        return new OciProcess
        {
            Terminal = options.Terminal,
            ConsoleSize = options.ConsoleSize,
            User = options.User,
            Args = options.Args,
            Env = options.Env,
            Cwd = options.Cwd,
            Capabilities = new OciCapabilities { Bounding = capabilities, Effective = capabilities, Permitted = capabilities },
            Rlimits = MergeRlimits(options.Rlimits),
            NoNewPrivileges = options.NoNewPrivileges,
        };
    }

    private static OciLinux MakeLinux(DefaultSpecOptions options) => new()
    {
        Resources = new OciResources
        {
            Devices = DefaultDevices.Rules,
            Memory = options.MemoryBytes is { } memory ? new OciMemory { Limit = AtLeast(memory, 1, "memory limit") } : null,
            Cpu = options.Cpus is { } cpus ? MakeCpu(cpus) : null,
            Pids = options.PidsLimit is { } pids ? new OciPids { Limit = pids } : null,
        },
        CgroupsPath = $"/skerry/{options.Id}",
        Namespaces = [.. NewNamespaces.Select(type => new OciNamespace { Type = type, Path = type == "network" ? options.NetworkNamespacePath : null })],
        MaskedPaths = DefaultMounts.Masked,
        ReadonlyPaths = DefaultMounts.Readonly,
    };

    private static OciCpu MakeCpu(double cpus)
    {
        if (!double.IsFinite(cpus) || cpus < 0.01 || cpus > 4096)
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"cannot limit the container to {cpus} CPUs", "use 0.01 to 4096, as in --cpus 1.5");
        }

        return new OciCpu { Quota = (long)(cpus * CpuPeriodMicroseconds), Period = CpuPeriodMicroseconds };
    }

    private static List<OciRlimit> MergeRlimits(IReadOnlyList<OciRlimit> asked)
    {
        var limits = new List<OciRlimit> { new() { Type = "RLIMIT_NOFILE", Soft = 1024, Hard = 1024 } };
        foreach (OciRlimit limit in asked)
        {
            limits.RemoveAll(other => other.Type == limit.Type);
            limits.Add(limit);
        }

        return limits;
    }

    private static IReadOnlyList<OciMount> MergeMounts(IReadOnlyList<OciMount> asked)
    {
        var replaced = asked.Select(mount => mount.Destination.TrimEnd('/')).ToHashSet();
        return [.. DefaultMounts.All.Where(mount => !replaced.Contains(mount.Destination)), .. asked];
    }

    private static long AtLeast(long value, long minimum, string what) => value >= minimum
        ? value
        : throw new SkerryException(FailureKind.InvalidArgument, $"{what} {value} is below {minimum}");
}
