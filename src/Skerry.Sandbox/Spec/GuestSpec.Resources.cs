using Skerry.Oci;
using Wire = Skerry.Protocols.Agent.Oci;

namespace Skerry.Sandbox;

internal static partial class GuestSpec
{
    /// <summary>
    /// The limits that hold inside the guest. Devices, block I/O and network classes name things of the host and stay there;
    /// so does the list of host processors.
    /// </summary>
    internal static Wire.LinuxResources RewriteResources(OciResources resources)
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

        result.HugepageLimits.Add(
            resources.HugepageLimits.Select(limit => new Wire.LinuxHugepageLimit { Pagesize = limit.PageSize, Limit = limit.Limit }));
        return result;
    }

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
