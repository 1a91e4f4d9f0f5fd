namespace Skerry.Linux.Cgroups;

/// <summary>The cgroup hierarchies of a host, whichever way they are mounted.</summary>
public sealed class HostCgroups
{
    private readonly IReadOnlyList<CgroupHierarchy> _v1;
    private readonly string? _unified;

    private HostCgroups(IReadOnlyList<CgroupHierarchy> v1, string? unified)
    {
        _v1 = v1;
        _unified = unified;
    }

    /// <summary>How the hierarchies are mounted.</summary>
    public CgroupMode Mode => (_v1.Any(h => !h.IsNamed), _unified) switch
    {
        (true, null) => CgroupMode.V1,
        (true, _) => CgroupMode.Hybrid,
        (false, not null) => CgroupMode.V2,
        _ => CgroupMode.None,
    };

    /// <summary>Where the unified hierarchy is mounted, or null.</summary>
    public string? UnifiedMountPoint => _unified;

    /// <summary>Whether the threads of one process can be in different cgroups, as in version 1.</summary>
    public bool SplitsThreads => Mode is CgroupMode.V1 or CgroupMode.Hybrid;

    /// <summary>Looks at this process's mount table.</summary>
    /// <exception cref="IOException">/proc is not mounted.</exception>
    public static HostCgroups Detect() => FromMounts(MountTable.Read());

    /// <summary>Names the cgroup at <paramref name="relativePath"/> in every hierarchy; nothing is made yet.</summary>
    /// <param name="relativePath">A path below the roots, see <see cref="CgroupPath.FromOci"/>.</param>
    public HostCgroup At(string relativePath) => new(_v1, _unified, CgroupPath.Normalize(relativePath));

    /// <summary>Makes the cgroup at <paramref name="relativePath"/> in every hierarchy, see <see cref="HostCgroup.Create"/>.</summary>
    public HostCgroup Create(string relativePath)
    {
        HostCgroup cgroup = At(relativePath);
        cgroup.Create();
        return cgroup;
    }

    /// <summary>Where a process is now, in every hierarchy.</summary>
    /// <exception cref="IOException">There is no such process.</exception>
    public CgroupPlace PlaceOf(int pid) => CgroupPlace.Parse(File.ReadAllText($"/proc/{CgroupConversions.Number(pid)}/cgroup"), _v1, _unified);

    /// <summary>What the mounts say; the first mount of a hierarchy counts.</summary>
    public static HostCgroups FromMounts(IEnumerable<MountEntry> mounts)
    {
        var v1 = new List<CgroupHierarchy>();
        string? unified = null;
        foreach (MountEntry mount in mounts)
        {
            if (mount.Type == "cgroup2")
            {
                unified ??= mount.Target;
            }
            else if (mount.Type == "cgroup")
            {
                string[] controllers = [.. mount.SuperOptions.Split(',').Where(IsController)];
                if (!v1.Any(known => known.Controllers.SequenceEqual(controllers)))
                {
                    v1.Add(new CgroupHierarchy(mount.Target, controllers));
                }
            }
        }

        return new HostCgroups(v1, unified);
    }

    private static bool IsController(string option) =>
        option is not ("rw" or "ro" or "xattr" or "clone_children" or "noprefix") && !option.StartsWith("release_agent=", StringComparison.Ordinal);
}
