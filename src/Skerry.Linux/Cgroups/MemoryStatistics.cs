namespace Skerry.Linux.Cgroups;

/// <summary>Memory of a cgroup, in bytes.</summary>
public sealed record MemoryStatistics
{
    /// <summary>The page cache's part.</summary>
    public ulong CacheBytes { get; init; }

    /// <summary>Memory as a whole.</summary>
    public MemoryCounter Usage { get; init; }

    /// <summary>Swap; on v1 memory and swap together, as the kernel counts there.</summary>
    public MemoryCounter Swap { get; init; }

    /// <summary>The kernel's part.</summary>
    public MemoryCounter Kernel { get; init; }

    /// <summary>All numbers of memory.stat by name.</summary>
    public IReadOnlyDictionary<string, ulong> Details { get; init; } = new Dictionary<string, ulong>();

    /// <summary>Processes killed because memory ran out.</summary>
    public ulong OomKills { get; init; }
}
