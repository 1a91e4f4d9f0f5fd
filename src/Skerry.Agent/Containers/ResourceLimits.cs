using Skerry.Linux.Cgroups;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Containers;

/// <summary>Turns the OCI resources of a request into limits of a cgroup.</summary>
internal static class ResourceLimits
{
    /// <summary>The limits; a number that the request leaves at 0 is not touched.</summary>
    public static CgroupLimits From(LinuxResources? resources)
    {
        LinuxMemory? memory = resources?.Memory;
        LinuxCPU? cpu = resources?.CPU;
        return new CgroupLimits
        {
            MemoryBytes = memory?.Limit ?? 0,
            SwapBytes = memory?.Swap ?? 0,
            ReservationBytes = memory?.Reservation ?? 0,
            CpuShares = cpu?.Shares ?? 0,
            CpuQuotaUs = cpu?.Quota ?? 0,
            CpuPeriodUs = cpu?.Period ?? 0,
            Cpuset = cpu?.Cpus,
            Mems = cpu?.Mems,
            PidsMax = resources?.Pids?.Limit ?? 0,
            BlkioWeight = resources?.BlockIO?.Weight ?? 0,
            HugepageBytes = Hugepages(resources),
        };
    }

    private static Dictionary<string, ulong> Hugepages(LinuxResources? resources)
    {
        var limits = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (LinuxHugepageLimit limit in resources?.HugepageLimits ?? [])
        {
            limits[limit.Pagesize] = limit.Limit;
        }

        return limits;
    }
}
