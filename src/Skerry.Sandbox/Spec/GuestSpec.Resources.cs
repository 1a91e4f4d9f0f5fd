using Skerry.Oci;
using Wire = Skerry.Protocols.Agent.Oci;

namespace Skerry.Sandbox;

internal static partial class GuestSpec
{
    /// <summary>
    /// The limits that hold inside the guest. Block I/O and network classes name things of the host and stay there; so does the list
    /// of host processors, and the rules for devices whose numbers a kernel gives as it likes, unless they are of <paramref name="disks"/>,
    /// which the agent numbers anew.
    /// </summary>
    internal static Wire.LinuxResources RewriteResources(OciResources resources, IReadOnlyList<RequestedDisk> disks)
    {
        var result = new Wire.LinuxResources();
        if (resources.Memory is { } memory)
        {
            result.Memory = RewriteMemory(memory);
        }

        if (resources.Cpu is { } cpu)
        {
            result.CPU = RewriteCpu(cpu);
        }

        if (resources.Pids is { } pids)
        {
            result.Pids = new Wire.LinuxPids { Limit = pids.Limit };
        }

        result.Devices.Add(resources.Devices.Where(rule => IsOfTheGuest(rule) || RequestedDisks.IsFor(rule, disks)).Select(rule => new Wire.LinuxDeviceCgroup
        {
            Allow = rule.Allow,
            Type = rule.Type ?? "a",
            Major = rule.Major ?? -1,
            Minor = rule.Minor ?? -1,
            Access = rule.Access ?? string.Empty,
        }));
        result.HugepageLimits.Add(
            resources.HugepageLimits.Select(limit => new Wire.LinuxHugepageLimit { Pagesize = limit.PageSize, Limit = limit.Limit }));
        return result;
    }

    /// <summary>Rules for all devices of a kind, and for those whose numbers Linux fixes (admin-guide/devices.txt): memory, terminals, tun, fuse.</summary>
    private static bool IsOfTheGuest(OciDeviceRule rule) => rule switch
    {
        { Type: null or "" or "a" } or { Major: null or < 0 } => true,
        { Type: "c", Major: 1 or 5 or 136 } or { Type: "c", Major: 10, Minor: 200 or 229 } => true,
        _ => false,
    };

    private static Wire.LinuxMemory RewriteMemory(OciMemory memory) => new()
    {
        Limit = memory.Limit ?? 0,
        Reservation = memory.Reservation ?? 0,
        Swap = memory.Swap ?? 0,
        Kernel = memory.Kernel ?? 0,
        KernelTCP = memory.KernelTCP ?? 0,
        Swappiness = memory.Swappiness ?? 0,
        DisableOOMKiller = memory.DisableOOMKiller ?? false,
    };

    private static Wire.LinuxCPU RewriteCpu(OciCpu cpu) => new()
    {
        Shares = cpu.Shares ?? 0,
        Quota = cpu.Quota ?? 0,
        Period = cpu.Period ?? 0,
        RealtimeRuntime = cpu.RealtimeRuntime ?? 0,
        RealtimePeriod = cpu.RealtimePeriod ?? 0,
        Mems = string.Empty,
    };
}
