using System.Globalization;
using Skerry.Core;

namespace Skerry.Linux.Cgroups;

/// <summary>Turns limits in the units of cgroup v1, which the OCI spec uses, into those of v2.</summary>
internal static class CgroupConversions
{
    /// <summary>
    /// cpu.shares to cpu.weight. The curve goes through (2, 1), (1024, 100) and (262144, 10000), so that the two defaults meet;
    /// the straight line used in the past gave the default 1024 only 39. runc and crun use this curve since 2025.
    /// </summary>
    internal static ulong WeightOfShares(ulong shares)
    {
        if (shares <= 2)
        {
            return 1;
        }

        if (shares >= 262144)
        {
            return 10000;
        }

        double log = Math.Log2(shares);
        return (ulong)Math.Ceiling(Math.Pow(10, (((log * log) + (125 * log)) / 612.0) - (7.0 / 34.0)));
    }

    /// <summary>blkio.weight (10 to 1000) to io.weight (1 to 10000).</summary>
    internal static ulong WeightOfBlkio(uint weight) => 1 + ((Math.Clamp(weight, 10, 1000) - 10UL) * 9999 / 990);

    /// <summary>What to write into memory.swap.max for a limit of memory and of both together; null when nothing was asked.</summary>
    /// <exception cref="SkerryException">InvalidArgument: both together without memory, or below it.</exception>
    internal static string? SwapMax(long memoryAndSwap, long memory)
    {
        if (memoryAndSwap == -1 || (memory == -1 && memoryAndSwap == 0))
        {
            return "max";
        }

        if (memoryAndSwap == 0)
        {
            return null;
        }

        if (memory is 0 or -1)
        {
            throw new SkerryException(FailureKind.InvalidArgument, "unable to set swap limit without memory limit");
        }

        return memoryAndSwap >= memory
            ? Number(memoryAndSwap - memory)
            : throw new SkerryException(
                FailureKind.InvalidArgument,
                $"memory+swap limit should be >= memory limit: {memoryAndSwap} is below {memory}",
                "the OCI swap limit counts memory and swap together");
    }

    /// <summary>cpu.max for a quota and a period; what is zero is taken from <paramref name="current"/>, the file's text.</summary>
    internal static string CpuMax(long quotaUs, ulong periodUs, string? current)
    {
        string[] before = (current ?? string.Empty).Split(' ');
        string quota = quotaUs switch
        {
            > 0 => Number(quotaUs),
            < 0 => "max",
            _ => before[0].Length > 0 ? before[0] : "max",
        };
        string period = periodUs > 0 ? Number(periodUs) : before.Length > 1 ? before[1] : "100000";
        return $"{quota} {period}";
    }

    /// <summary>A limit as text: <c>max</c> for a negative one.</summary>
    internal static string Limit(long value) => value < 0 ? "max" : Number(value);

    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
