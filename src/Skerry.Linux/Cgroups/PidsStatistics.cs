namespace Skerry.Linux.Cgroups;

/// <summary>Processes and threads of a cgroup.</summary>
/// <param name="Current">How many there are.</param>
/// <param name="Limit">How many there may be; 0 for no limit.</param>
public readonly record struct PidsStatistics(ulong Current, ulong Limit);
