namespace Skerry.Linux.Cgroups;

/// <summary>What the processes of a cgroup have used, and use now.</summary>
public sealed record CgroupStatistics
{
    /// <summary>CPU time.</summary>
    public CpuStatistics Cpu { get; init; } = new();

    /// <summary>Memory and swap.</summary>
    public MemoryStatistics Memory { get; init; } = new();

    /// <summary>Processes and threads.</summary>
    public PidsStatistics Pids { get; init; }

    /// <summary>Bytes moved, by device and operation.</summary>
    public IReadOnlyList<BlkioEntry> IoServiceBytes { get; init; } = [];

    /// <summary>Operations done, by device and operation.</summary>
    public IReadOnlyList<BlkioEntry> IoServiced { get; init; } = [];

    /// <summary>Huge pages by page size, as in "2MB".</summary>
    public IReadOnlyDictionary<string, HugetlbStatistics> Hugetlb { get; init; } = new Dictionary<string, HugetlbStatistics>();
}
