using Skerry.Core;

namespace Skerry.Linux.Cgroups;

/// <content>Limits.</content>
public sealed partial class CgroupV2
{
    /// <summary>Sets what <paramref name="limits"/> asks for and leaves the rest; also for a cgroup whose processes run.</summary>
    /// <exception cref="SyscallException">A limit was asked for that this kernel or hierarchy cannot set, or its value is out of range.</exception>
    /// <exception cref="SkerryException">InvalidArgument: a swap limit below the memory limit, or a unified key with a slash.</exception>
    public void Apply(CgroupLimits limits)
    {
        ApplyMemory(limits);
        ApplyCpu(limits);
        ApplyCpuset(limits);
        if (limits.PidsMax != 0)
        {
            CgroupFiles.Write(Path, "pids.max", CgroupConversions.Limit(limits.PidsMax));
        }

        ApplyIo(limits);
        foreach ((string size, ulong bytes) in limits.HugepageBytes)
        {
            ApplyHugepages(size, CgroupConversions.Number(bytes));
        }

        foreach ((string file, string value) in limits.Unified)
        {
            ApplyUnified(file, value);
        }
    }

    private void ApplyMemory(CgroupLimits limits)
    {
        string? swap = CgroupConversions.SwapMax(limits.SwapBytes, limits.MemoryBytes);
        if (swap is not null && !CgroupFiles.TryWrite(Path, "memory.swap.max", swap, out Errno error)
            && !(error == Errno.ENOENT && swap is "max" or "0"))
        {
            // Without swap accounting there is no file; then "none" and "no limit" are the same.
            throw new SyscallException("write", $"\"{swap}\" to \"{Path}/memory.swap.max\"", error);
        }

        if (limits.MemoryBytes != 0)
        {
            CgroupFiles.Write(Path, "memory.max", CgroupConversions.Limit(limits.MemoryBytes));
        }

        if (limits.ReservationBytes != 0)
        {
            CgroupFiles.Write(Path, "memory.low", CgroupConversions.Limit(limits.ReservationBytes));
        }
    }

    private void ApplyCpu(CgroupLimits limits)
    {
        if (limits.CpuIdle is bool idle)
        {
            CgroupFiles.Write(Path, "cpu.idle", idle ? "1" : "0");
        }

        // The weight of an idle cgroup is 0 and cannot be set.
        if (limits.CpuShares != 0 && limits.CpuIdle != true)
        {
            CgroupFiles.Write(Path, "cpu.weight", CgroupConversions.Number(CgroupConversions.WeightOfShares(limits.CpuShares)));
        }

        // A burst may not exceed the quota: a smaller one goes before a smaller quota, a larger one after a larger quota.
        bool burstSet = limits.CpuBurstUs is ulong first && CgroupFiles.TryWrite(Path, "cpu.max.burst", CgroupConversions.Number(first), out _);
        if (limits.CpuQuotaUs != 0 || limits.CpuPeriodUs != 0)
        {
            string current = CgroupFiles.TryRead(Path, "cpu.max") ?? string.Empty;
            CgroupFiles.Write(Path, "cpu.max", CgroupConversions.CpuMax(limits.CpuQuotaUs, limits.CpuPeriodUs, current));
        }

        if (limits.CpuBurstUs is ulong burst && !burstSet)
        {
            CgroupFiles.Write(Path, "cpu.max.burst", CgroupConversions.Number(burst));
        }
    }

    private void ApplyCpuset(CgroupLimits limits)
    {
        if (!string.IsNullOrEmpty(limits.Cpuset))
        {
            CgroupFiles.Write(Path, "cpuset.cpus", limits.Cpuset);
        }

        if (!string.IsNullOrEmpty(limits.Mems))
        {
            CgroupFiles.Write(Path, "cpuset.mems", limits.Mems);
        }
    }

    /// <summary>The weight is best effort: which file there is depends on the I/O scheduler, and many kernels have none.</summary>
    private void ApplyIo(CgroupLimits limits)
    {
        if (limits.BlkioWeight != 0 && !CgroupFiles.TryWrite(Path, "io.bfq.weight", CgroupConversions.Number((ulong)limits.BlkioWeight), out _))
        {
            CgroupFiles.TryWrite(Path, "io.weight", "default " + CgroupConversions.Number(CgroupConversions.WeightOfBlkio(limits.BlkioWeight)), out _);
        }

        foreach (IoThrottle throttle in limits.IoThrottles)
        {
            string rates = Rate("rbps", throttle.ReadBytesPerSecond) + Rate("wbps", throttle.WriteBytesPerSecond)
                + Rate("riops", throttle.ReadsPerSecond) + Rate("wiops", throttle.WritesPerSecond);
            if (rates.Length > 0)
            {
                CgroupFiles.Write(Path, "io.max", $"{throttle.Major}:{throttle.Minor}{rates}");
            }
        }

        static string Rate(string name, ulong value) => value == 0 ? string.Empty : $" {name}={CgroupConversions.Number(value)}";
    }

    /// <summary>Limits the pages in use, and where the kernel counts them the reserved ones, else a process would die by SIGBUS.</summary>
    private void ApplyHugepages(string size, string bytes)
    {
        RequireFileName(size);
        CgroupFiles.Write(Path, $"hugetlb.{size}.max", bytes);
        CgroupFiles.TryWrite(Path, $"hugetlb.{size}.rsvd.max", bytes, out _);
    }

    private void ApplyUnified(string file, string value)
    {
        RequireFileName(file);
        if (!CgroupFiles.TryWrite(Path, file, value, out Errno error))
        {
            string? hint = error == Errno.ENOENT ? $"the controller \"{file.Split('.')[0]}\" is not available here" : null;
            throw new SyscallException("write", $"\"{value}\" to \"{Path}/{file}\"", error, hint);
        }
    }

    private static void RequireFileName(string name)
    {
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal) || name.StartsWith("cgroup.", StringComparison.Ordinal))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"unified resource \"{name}\" must be a controller's file name", "use names such as memory.high");
        }
    }
}
