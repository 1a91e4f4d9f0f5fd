using Skerry.Agent.Guest;
using Skerry.Linux.Cgroups;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Containers;

/// <summary>Reports what a container uses, in the messages of the agent's protocol, which are those of cgroup v1.</summary>
internal static class ContainerStatistics
{
    /// <summary>The numbers of <paramref name="cgroup"/>, and the guest's interfaces.</summary>
    public static StatsContainerResponse Of(CgroupV2 cgroup)
    {
        CgroupStatistics statistics = cgroup.ReadStatistics();
        var response = new StatsContainerResponse
        {
            CgroupStats = new CgroupStats
            {
                CpuStats = Cpu(statistics.Cpu),
                MemoryStats = Memory(statistics.Memory),
                PidsStats = new PidsStats { Current = statistics.Pids.Current, Limit = statistics.Pids.Limit },
                BlkioStats = new BlkioStats(),
            },
        };
        AddEntries(response.CgroupStats.BlkioStats.IoServiceBytesRecursive, statistics.IoServiceBytes);
        AddEntries(response.CgroupStats.BlkioStats.IoServicedRecursive, statistics.IoServiced);
        foreach ((string size, HugetlbStatistics pages) in statistics.Hugetlb)
        {
            response.CgroupStats.HugetlbStats[size] = new HugetlbStats { Usage = pages.Bytes, MaxUsage = pages.MaxBytes, Failcnt = pages.Failures };
        }

        response.NetworkStats.AddRange(NetworkCounters.Parse(ProcFile.ReadOrEmpty("/proc/net/dev")));
        return response;
    }

    private static CpuStats Cpu(CpuStatistics cpu) => new()
    {
        CpuUsage = new CpuUsage { TotalUsage = cpu.TotalNs, UsageInKernelmode = cpu.KernelNs, UsageInUsermode = cpu.UserNs, PercpuUsage = { cpu.PerCpuNs } },
        ThrottlingData = new ThrottlingData { Periods = cpu.Periods, ThrottledPeriods = cpu.ThrottledPeriods, ThrottledTime = cpu.ThrottledNs },
    };

    private static MemoryStats Memory(MemoryStatistics memory)
    {
        var stats = new MemoryStats
        {
            Cache = memory.CacheBytes,
            Usage = Counter(memory.Usage),
            SwapUsage = Counter(memory.Swap),
            KernelUsage = Counter(memory.Kernel),
            UseHierarchy = true,
        };
        foreach ((string name, ulong value) in memory.Details)
        {
            stats.Stats[name] = value;
        }

        return stats;
    }

    private static MemoryData Counter(MemoryCounter counter) => new()
    {
        Usage = counter.Bytes,
        MaxUsage = counter.MaxBytes,
        Failcnt = counter.Failures,
        Limit = counter.LimitBytes,
    };

    private static void AddEntries(Google.Protobuf.Collections.RepeatedField<BlkioStatsEntry> target, IEnumerable<BlkioEntry> entries)
    {
        foreach (BlkioEntry entry in entries)
        {
            target.Add(new BlkioStatsEntry { Major = entry.Major, Minor = entry.Minor, Op = entry.Operation, Value = entry.Value });
        }
    }
}
