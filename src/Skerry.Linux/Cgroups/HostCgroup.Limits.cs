namespace Skerry.Linux.Cgroups;

/// <content>Limits and numbers.</content>
public sealed partial class HostCgroup
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    /// <summary>Whether limits are those of the unified hierarchy.</summary>
    private bool IsUnified => _unified is not null && _v1.All(hierarchy => hierarchy.IsNamed);

    /// <summary>
    /// CPU time used since the cgroup was made, in nanoseconds; 0 where nothing counts it. Every process of the cgroup counts.
    /// </summary>
    public ulong CpuNs
    {
        get
        {
            if (V1Directory("cpuacct") is string directory && CgroupFiles.TryReadNumber(directory, "cpuacct.usage") is ulong used)
            {
                return used;
            }

            return _unified is null ? 0 : CgroupFiles.ReadKeyed(_unified.Path, "cpu.stat").GetValueOrDefault("usage_usec") * NanosecondsPerMicrosecond;
        }
    }

    /// <summary>Memory in use, in bytes; 0 where nothing counts it.</summary>
    public ulong MemoryBytes => V1Directory("memory") is string directory
        ? CgroupFiles.ReadNumber(directory, "memory.usage_in_bytes")
        : _unified is null ? 0 : CgroupFiles.ReadNumber(_unified.Path, "memory.current");

    /// <summary>Processes the kernel has killed because this cgroup's memory ran out.</summary>
    public ulong OomKills => V1Directory("memory") is string directory
        ? CgroupFiles.ReadKeyed(directory, "memory.oom_control").GetValueOrDefault("oom_kill")
        : _unified?.OomKills ?? 0;

    /// <summary>Sets what <paramref name="limits"/> asks for; on v1 what the host has no controller for is passed over.</summary>
    /// <exception cref="SyscallException">A controller that is there refuses the value.</exception>
    /// <exception cref="Skerry.Core.SkerryException">InvalidArgument: a swap limit below the memory limit.</exception>
    public void Apply(CgroupLimits limits)
    {
        if (IsUnified)
        {
            _unified!.Apply(limits);
            return;
        }

        ApplyV1Memory(limits);
        ApplyV1Cpu(limits);
        if (limits.PidsMax != 0 && V1Directory("pids") is string pids)
        {
            CgroupFiles.Write(pids, "pids.max", CgroupConversions.Limit(limits.PidsMax));
        }

        if (V1Directory("cpuset") is string cpuset)
        {
            WriteUnlessEmpty(cpuset, "cpuset.cpus", limits.Cpuset);
            WriteUnlessEmpty(cpuset, "cpuset.mems", limits.Mems);
        }
    }

    /// <summary>
    /// Binds the processes to processors and memory nodes of the host; an empty list means those of the cgroup above. Without the controller
    /// nothing binds on v1; on v2, where every host should have it, that is an error for a list that is not empty.
    /// </summary>
    /// <exception cref="SyscallException">The kernel refuses a list: EACCES, EINVAL, ERANGE, or ENOENT without the controller.</exception>
    public void Confine(string cpus, string mems)
    {
        foreach ((string file, string list) in (ReadOnlySpan<(string, string)>)[("cpuset.cpus", cpus), ("cpuset.mems", mems)])
        {
            if (IsUnified)
            {
                ConfineUnified(_unified!.Path, file, list);
            }
            else if (V1Directory("cpuset") is string directory)
            {
                string value = list.Length > 0 ? list : CgroupFiles.TryRead(Path.GetDirectoryName(directory)!, file) ?? string.Empty;
                WriteUnlessEmpty(directory, file, value);
            }
        }
    }

    /// <summary>An empty line takes back what was written; the kernel does not see a write of nothing.</summary>
    private static void ConfineUnified(string directory, string file, string list)
    {
        if (list.Length > 0 || File.Exists($"{directory}/{file}"))
        {
            CgroupFiles.Write(directory, file, list.Length > 0 ? list : "\n");
        }
    }

    /// <summary>Memory may not exceed memory and swap together, at no moment: a larger pair is written from the top, a smaller one from below.</summary>
    private void ApplyV1Memory(CgroupLimits limits)
    {
        _ = CgroupConversions.SwapMax(limits.SwapBytes, limits.MemoryBytes);
        if (V1Directory("memory") is not string memory)
        {
            return;
        }

        long together = limits.MemoryBytes == -1 && limits.SwapBytes == 0 ? -1 : limits.SwapBytes;
        ulong current = CgroupFiles.TryReadNumber(memory, "memory.memsw.limit_in_bytes") ?? 0;
        bool topFirst = together == -1 || (ulong)together > current;
        if (topFirst)
        {
            WriteMemorySwap(memory, together);
        }

        if (limits.MemoryBytes != 0)
        {
            CgroupFiles.Write(memory, "memory.limit_in_bytes", CgroupConversions.Number(limits.MemoryBytes));
        }

        if (!topFirst)
        {
            WriteMemorySwap(memory, together);
        }

        if (limits.ReservationBytes != 0)
        {
            CgroupFiles.Write(memory, "memory.soft_limit_in_bytes", CgroupConversions.Number(limits.ReservationBytes));
        }
    }

    /// <summary>The file is missing where the kernel does not account for swap.</summary>
    private static void WriteMemorySwap(string memory, long bytes)
    {
        if (bytes != 0 && File.Exists(memory + "/memory.memsw.limit_in_bytes"))
        {
            CgroupFiles.Write(memory, "memory.memsw.limit_in_bytes", CgroupConversions.Number(bytes));
        }
    }

    private void ApplyV1Cpu(CgroupLimits limits)
    {
        if (V1Directory("cpu") is not string cpu)
        {
            return;
        }

        if (limits.CpuShares != 0)
        {
            CgroupFiles.Write(cpu, "cpu.shares", CgroupConversions.Number(limits.CpuShares));
        }

        // The kernel refuses a period that would make the old quota exceed what a parent has: then the quota goes first.
        bool periodLater = limits.CpuPeriodUs != 0 && !CgroupFiles.TryWrite(cpu, "cpu.cfs_period_us", CgroupConversions.Number(limits.CpuPeriodUs), out _);
        if (limits.CpuQuotaUs != 0)
        {
            CgroupFiles.Write(cpu, "cpu.cfs_quota_us", CgroupConversions.Number(Math.Max(limits.CpuQuotaUs, -1)));
        }

        if (periodLater)
        {
            CgroupFiles.Write(cpu, "cpu.cfs_period_us", CgroupConversions.Number(limits.CpuPeriodUs));
        }
    }

    private static void WriteUnlessEmpty(string directory, string file, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            CgroupFiles.Write(directory, file, value);
        }
    }

    private string? V1Directory(string controller)
    {
        CgroupHierarchy? hierarchy = _v1.FirstOrDefault(h => h.Controllers.Contains(controller));
        string? directory = hierarchy is null ? null : $"{hierarchy.MountPoint}/{RelativePath}";
        return Directory.Exists(directory) ? directory : null;
    }
}
