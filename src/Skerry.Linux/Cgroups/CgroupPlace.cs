namespace Skerry.Linux.Cgroups;

/// <summary>Where a process was, one cgroup by hierarchy: to put it, or another one, there again.</summary>
public sealed class CgroupPlace
{
    private readonly IReadOnlyList<(string Root, string Directory)> _directories;

    private CgroupPlace(IReadOnlyList<(string Root, string Directory)> directories) => _directories = directories;

    /// <summary>Moves a process there, and to the root of a hierarchy where its cgroup is gone or refuses. What no hierarchy takes stays where it is.</summary>
    public void TakeBack(int pid)
    {
        string text = CgroupConversions.Number(pid);
        foreach ((string root, string directory) in _directories)
        {
            if (!CgroupFiles.TryWrite(directory, "cgroup.procs", text, out _))
            {
                CgroupFiles.TryWrite(root, "cgroup.procs", text, out _);
            }
        }
    }

    /// <summary>Reads /proc/PID/cgroup: lines of hierarchy, controllers and path; the unified one has number 0 and no controllers. See cgroups(7).</summary>
    internal static CgroupPlace Parse(string text, IReadOnlyList<CgroupHierarchy> v1, string? unified)
    {
        var directories = new List<(string, string)>();
        foreach (string line in text.Split('\n'))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3 && MountPoint(parts[0], parts[1], v1, unified) is { } root)
            {
                directories.Add((root, root + parts[2]));
            }
        }

        return new CgroupPlace(directories);
    }

    private static string? MountPoint(string number, string controllers, IReadOnlyList<CgroupHierarchy> v1, string? unified) => number == "0" && controllers.Length == 0
        ? unified
        : v1.FirstOrDefault(hierarchy => controllers.Split(',').Order(StringComparer.Ordinal).SequenceEqual(hierarchy.Controllers.Order(StringComparer.Ordinal)))?.MountPoint;
}
