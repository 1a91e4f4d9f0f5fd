using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using V1 = Skerry.Protocols.Metrics.CgroupsV1;
using V2 = Skerry.Protocols.Metrics.CgroupsV2;

namespace Skerry.Shim;

/// <summary>
/// Turns what the guest counted into the message containerd expects, which is chosen by the host's cgroup mode: containerd and
/// the kubelet read one kind of message for all runtimes of a node.
/// </summary>
internal static class TaskMetrics
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    /// <summary>What cgroup v1 says where there is no limit: the largest multiple of a page that fits a signed number.</summary>
    private const ulong UnlimitedV1 = 9_223_372_036_854_771_712;

    /// <summary>Packs <paramref name="stats"/> for a host with the unified hierarchy, or for one without.</summary>
    internal static Any Pack(StatsContainerResponse stats, bool unified) => unified
        ? AnyMessage.Pack("io.containerd.cgroups.v2.Metrics", ToV2(stats))
        : AnyMessage.Pack("io.containerd.cgroups.v1.Metrics", ToV1(stats));

    private static V1.Metrics ToV1(StatsContainerResponse stats)
    {
        CgroupStats cgroup = stats.CgroupStats ?? new CgroupStats();
        CpuUsage cpu = cgroup.CpuStats?.CpuUsage ?? new CpuUsage();
        ThrottlingData throttling = cgroup.CpuStats?.ThrottlingData ?? new ThrottlingData();
        var result = new V1.Metrics
        {
            Pids = new V1.PidsStat { Current = cgroup.PidsStats?.Current ?? 0, Limit = cgroup.PidsStats?.Limit ?? 0 },
            Cpu = new V1.CPUStat
            {
                Usage = new V1.CPUUsage { Total = cpu.TotalUsage, Kernel = cpu.UsageInKernelmode, User = cpu.UsageInUsermode },
                Throttling = new V1.Throttle
                {
                    Periods = throttling.Periods,
                    ThrottledPeriods = throttling.ThrottledPeriods,
                    ThrottledTime = throttling.ThrottledTime,
                },
            },
            Memory = ToV1Memory(cgroup.MemoryStats ?? new MemoryStats()),
        };
        result.Cpu.Usage.PerCpu.Add(cpu.PercpuUsage);
        result.Network.Add(stats.NetworkStats.Select(ToV1Network));
        return result;
    }

    private static V1.MemoryStat ToV1Memory(MemoryStats memory)
    {
        ulong Of(string name) => memory.Stats.TryGetValue(name, out ulong value) ? value : 0;
        var result = new V1.MemoryStat
        {
            Cache = memory.Cache,
            Rss = Of("anon"),
            MappedFile = Of("file_mapped"),
            Dirty = Of("file_dirty"),
            Writeback = Of("file_writeback"),
            PgFault = Of("pgfault"),
            PgMajFault = Of("pgmajfault"),
            InactiveAnon = Of("inactive_anon"),
            ActiveAnon = Of("active_anon"),
            InactiveFile = Of("inactive_file"),
            ActiveFile = Of("active_file"),
            Unevictable = Of("unevictable"),
            HierarchicalMemoryLimit = Math.Min(memory.Usage?.Limit ?? 0, UnlimitedV1),
            HierarchicalSwapLimit = Math.Min(memory.SwapUsage?.Limit ?? 0, UnlimitedV1),
            Usage = ToV1Entry(memory.Usage),
            Swap = ToV1Entry(memory.SwapUsage),
            Kernel = ToV1Entry(memory.KernelUsage),
        };

        // The kubelet's working set on v1 is usage less total_inactive_file.
        result.TotalCache = result.Cache;
        result.TotalRss = result.Rss;
        result.TotalMappedFile = result.MappedFile;
        result.TotalDirty = result.Dirty;
        result.TotalWriteback = result.Writeback;
        result.TotalPgFault = result.PgFault;
        result.TotalPgMajFault = result.PgMajFault;
        result.TotalInactiveAnon = result.InactiveAnon;
        result.TotalActiveAnon = result.ActiveAnon;
        result.TotalInactiveFile = result.InactiveFile;
        result.TotalActiveFile = result.ActiveFile;
        result.TotalUnevictable = result.Unevictable;
        return result;
    }

    private static V1.MemoryEntry ToV1Entry(MemoryData? data) => new()
    {
        Limit = Math.Min(data?.Limit ?? 0, UnlimitedV1),
        Usage = data?.Usage ?? 0,
        Max = data?.MaxUsage ?? 0,
        Failcnt = data?.Failcnt ?? 0,
    };

    private static V1.NetworkStat ToV1Network(NetworkStats stats) => new()
    {
        Name = stats.Name,
        RxBytes = stats.RxBytes,
        RxPackets = stats.RxPackets,
        RxErrors = stats.RxErrors,
        RxDropped = stats.RxDropped,
        TxBytes = stats.TxBytes,
        TxPackets = stats.TxPackets,
        TxErrors = stats.TxErrors,
        TxDropped = stats.TxDropped,
    };

    private static V2.Metrics ToV2(StatsContainerResponse stats)
    {
        CgroupStats cgroup = stats.CgroupStats ?? new CgroupStats();
        CpuUsage cpu = cgroup.CpuStats?.CpuUsage ?? new CpuUsage();
        ThrottlingData throttling = cgroup.CpuStats?.ThrottlingData ?? new ThrottlingData();
        var result = new V2.Metrics
        {
            Pids = new V2.PidsStat { Current = cgroup.PidsStats?.Current ?? 0, Limit = cgroup.PidsStats?.Limit ?? 0 },
            Cpu = new V2.CPUStat
            {
                UsageUsec = cpu.TotalUsage / NanosecondsPerMicrosecond,
                UserUsec = cpu.UsageInUsermode / NanosecondsPerMicrosecond,
                SystemUsec = cpu.UsageInKernelmode / NanosecondsPerMicrosecond,
                NrPeriods = throttling.Periods,
                NrThrottled = throttling.ThrottledPeriods,
                ThrottledUsec = throttling.ThrottledTime / NanosecondsPerMicrosecond,
            },
            Memory = ToV2Memory(cgroup.MemoryStats ?? new MemoryStats()),
        };
        result.Network.Add(stats.NetworkStats.Select(ToV2Network));
        return result;
    }

    private static V2.MemoryStat ToV2Memory(MemoryStats memory)
    {
        ulong Of(string name) => memory.Stats.TryGetValue(name, out ulong value) ? value : 0;
        return new V2.MemoryStat
        {
            Anon = Of("anon"),
            File = Of("file"),
            KernelStack = Of("kernel_stack"),
            Slab = Of("slab"),
            Sock = Of("sock"),
            Shmem = Of("shmem"),
            FileMapped = Of("file_mapped"),
            FileDirty = Of("file_dirty"),
            FileWriteback = Of("file_writeback"),
            InactiveAnon = Of("inactive_anon"),
            ActiveAnon = Of("active_anon"),
            InactiveFile = Of("inactive_file"),
            ActiveFile = Of("active_file"),
            Unevictable = Of("unevictable"),
            SlabReclaimable = Of("slab_reclaimable"),
            SlabUnreclaimable = Of("slab_unreclaimable"),
            Pgfault = Of("pgfault"),
            Pgmajfault = Of("pgmajfault"),
            Usage = memory.Usage?.Usage ?? 0,
            UsageLimit = memory.Usage?.Limit ?? 0,
            SwapUsage = memory.SwapUsage?.Usage ?? 0,
            SwapLimit = memory.SwapUsage?.Limit ?? 0,
        };
    }

    private static V2.NetworkStat ToV2Network(NetworkStats stats) => new()
    {
        Name = stats.Name,
        RxBytes = stats.RxBytes,
        RxPackets = stats.RxPackets,
        RxErrors = stats.RxErrors,
        RxDropped = stats.RxDropped,
        TxBytes = stats.TxBytes,
        TxPackets = stats.TxPackets,
        TxErrors = stats.TxErrors,
        TxDropped = stats.TxDropped,
    };
}
