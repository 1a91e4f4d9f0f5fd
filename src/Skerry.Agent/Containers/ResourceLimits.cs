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
            IoThrottles = Throttles(resources?.BlockIO),
        };
    }

    /// <summary>
    /// Which device nodes the container may use: what the request says, then what every container has, then its own devices, unless
    /// the request has a rule for just that device; of several rules that match, the last decides. None when the request has no rules.
    /// </summary>
    public static IReadOnlyList<DeviceRule> DeviceRules(Protocols.Agent.Oci.Linux? linux)
    {
        if (linux?.Resources is not { Devices.Count: > 0 } resources)
        {
            return [];
        }

        var rules = new List<DeviceRule>();
        foreach (LinuxDeviceCgroup rule in resources.Devices)
        {
            rules.Add(DeviceRule.FromOci(rule.Allow, rule.Type, rule.Major, rule.Minor, rule.Access));
        }

        rules.AddRange(DeviceRule.Defaults.Where(rule => rule.Allow));
        foreach (LinuxDevice device in linux.Devices.Where(device => device.Type is "b" or "c" or "u" && !HasRule(resources, device)))
        {
            rules.Add(DeviceRule.FromOci(allow: true, device.Type, device.Major, device.Minor, "rwm"));
        }

        return rules;
    }

    private static bool HasRule(LinuxResources resources, LinuxDevice device) => resources.Devices.Any(rule =>
        rule.Type == (device.Type == "u" ? "c" : device.Type) && rule.Major == device.Major && rule.Minor == device.Minor);

    private static IoThrottle[] Throttles(LinuxBlockIO? io) => io is null ? [] :
    [
        .. io.ThrottleReadBpsDevice.Select(d => new IoThrottle(d.Major, d.Minor, ReadBytesPerSecond: d.Rate)),
        .. io.ThrottleWriteBpsDevice.Select(d => new IoThrottle(d.Major, d.Minor, WriteBytesPerSecond: d.Rate)),
        .. io.ThrottleReadIOPSDevice.Select(d => new IoThrottle(d.Major, d.Minor, ReadsPerSecond: d.Rate)),
        .. io.ThrottleWriteIOPSDevice.Select(d => new IoThrottle(d.Major, d.Minor, WritesPerSecond: d.Rate)),
    ];

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
