using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols;
using Skerry.Sandbox;
using V1 = Skerry.Protocols.Metrics.CgroupsV1;
using V2 = Skerry.Protocols.Metrics.CgroupsV2;

namespace Skerry.Shim;

/// <summary>What a whole sandbox uses of the host, as the message that containerd expects of a pod's cgroup.</summary>
internal static class SandboxMetrics
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    /// <summary>Packs <paramref name="usage"/> for a host with the unified hierarchy, or for one without.</summary>
    internal static Any Pack(SandboxUsage usage, bool unified) => unified
        ? AnyMessage.Pack("io.containerd.cgroups.v2.Metrics", ToV2(usage))
        : AnyMessage.Pack("io.containerd.cgroups.v1.Metrics", ToV1(usage));

    private static V1.Metrics ToV1(SandboxUsage usage) => new()
    {
        Pids = new V1.PidsStat { Current = (ulong)usage.Processes },
        Cpu = new V1.CPUStat
        {
            Usage = new V1.CPUUsage { Total = usage.UserNanoseconds + usage.KernelNanoseconds, User = usage.UserNanoseconds, Kernel = usage.KernelNanoseconds },
            Throttling = new V1.Throttle(),
        },
        Memory = new V1.MemoryStat
        {
            Rss = usage.MemoryBytes,
            TotalRss = usage.MemoryBytes,
            Usage = new V1.MemoryEntry { Usage = usage.MemoryBytes },
        },
    };

    private static V2.Metrics ToV2(SandboxUsage usage) => new()
    {
        Pids = new V2.PidsStat { Current = (ulong)usage.Processes },
        Cpu = new V2.CPUStat
        {
            UsageUsec = (usage.UserNanoseconds + usage.KernelNanoseconds) / NanosecondsPerMicrosecond,
            UserUsec = usage.UserNanoseconds / NanosecondsPerMicrosecond,
            SystemUsec = usage.KernelNanoseconds / NanosecondsPerMicrosecond,
        },
        Memory = new V2.MemoryStat { Anon = usage.MemoryBytes, Usage = usage.MemoryBytes },
    };
}
