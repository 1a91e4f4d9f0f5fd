namespace Skerry.Linux.Cgroups;

/// <summary>One mounted hierarchy of cgroup v1.</summary>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Controllers">Its controllers, as in "cpu" and "cpuacct"; "name=systemd" for a named one without.</param>
internal sealed record CgroupHierarchy(string MountPoint, IReadOnlyList<string> Controllers)
{
    /// <summary>True for a hierarchy that only groups processes and limits nothing.</summary>
    internal bool IsNamed => Controllers.All(controller => controller.StartsWith("name=", StringComparison.Ordinal));
}
