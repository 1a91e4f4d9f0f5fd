namespace Skerry.Linux.Cgroups;

/// <summary>CPU time of a cgroup since it was made.</summary>
public sealed record CpuStatistics
{
    /// <summary>All CPU time, in nanoseconds.</summary>
    public ulong TotalNs { get; init; }

    /// <summary>Time in user mode, in nanoseconds.</summary>
    public ulong UserNs { get; init; }

    /// <summary>Time in the kernel, in nanoseconds.</summary>
    public ulong KernelNs { get; init; }

    /// <summary>Time by CPU, in nanoseconds; empty on v2, which does not count it.</summary>
    public IReadOnlyList<ulong> PerCpuNs { get; init; } = [];

    /// <summary>Periods of the quota that passed.</summary>
    public ulong Periods { get; init; }

    /// <summary>Periods in which the quota ran out.</summary>
    public ulong ThrottledPeriods { get; init; }

    /// <summary>How long processes waited for a new period, in nanoseconds.</summary>
    public ulong ThrottledNs { get; init; }
}
