namespace Skerry.Linux.Cgroups;

/// <summary>What a container asked for, in the units of the OCI spec (which are those of cgroup v1). Zero or null leaves a limit as it is.</summary>
public sealed record CgroupLimits
{
    /// <summary>Memory in bytes; -1 is no limit.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Memory and swap together, in bytes, as in cgroup v1; -1 is no limit.</summary>
    public long SwapBytes { get; init; }

    /// <summary>Memory in bytes that reclaim spares as long as it can; -1 is no limit.</summary>
    public long ReservationBytes { get; init; }

    /// <summary>Weight of CPU time against siblings, 2 to 262144, 1024 by default.</summary>
    public ulong CpuShares { get; init; }

    /// <summary>CPU time in microseconds per period; -1 is no limit.</summary>
    public long CpuQuotaUs { get; init; }

    /// <summary>Length of the period in microseconds.</summary>
    public ulong CpuPeriodUs { get; init; }

    /// <summary>CPU time in microseconds that may be saved up beyond the quota; null leaves it.</summary>
    public ulong? CpuBurstUs { get; init; }

    /// <summary>Whether the processes run only when nothing else wants the CPU; null leaves it.</summary>
    public bool? CpuIdle { get; init; }

    /// <summary>CPUs as a list, as in "0-2,7".</summary>
    public string? Cpuset { get; init; }

    /// <summary>Memory nodes as a list.</summary>
    public string? Mems { get; init; }

    /// <summary>Processes and threads; -1 is no limit.</summary>
    public long PidsMax { get; init; }

    /// <summary>Weight of block I/O against siblings, 10 to 1000.</summary>
    public uint BlkioWeight { get; init; }

    /// <summary>Limits of block devices.</summary>
    public IReadOnlyList<IoThrottle> IoThrottles { get; init; } = [];

    /// <summary>Bytes of huge pages by page size, as in "2MB".</summary>
    public IReadOnlyDictionary<string, ulong> HugepageBytes { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Files of cgroup v2 with what to write into them; written last, and refused when they cannot be written.</summary>
    public IReadOnlyDictionary<string, string> Unified { get; init; } = new Dictionary<string, string>();
}
