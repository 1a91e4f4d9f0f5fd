using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Skerry.Hypervisor;

/// <summary>The rate of this host's time stamp counter, which a TCG guest sees as its own.</summary>
internal static class HostClock
{
    /// <summary>Used where the CPU does not say: a guest's clock that runs at a wrong rate beats one that hangs in calibration.</summary>
    internal const uint FallbackKHz = 2_000_000;
    private const uint HypervisorTimingLeaf = 0x4000_0010;

    /// <summary>In kHz: from CPUID where it says so, else from /proc/cpuinfo, which in a VM shows the TSC's rate.</summary>
    internal static uint TscKHz()
    {
        if (X86Base.IsSupported && FromCpuId() is { } known)
        {
            return known;
        }

        return File.Exists("/proc/cpuinfo") ? FromCpuInfo(File.ReadLines("/proc/cpuinfo")) : FallbackKHz;
    }

    /// <summary>The first processor's "cpu MHz", or the rate in its model name ("@ 2.40GHz"), which a bare machine keeps apart from its present speed.</summary>
    internal static uint FromCpuInfo(IEnumerable<string> lines)
    {
        uint rate = FallbackKHz;
        foreach (string line in lines.TakeWhile(line => line.Length > 0))
        {
            string value = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            int at = value.LastIndexOf("@ ", StringComparison.Ordinal);
            if (line.StartsWith("model name", StringComparison.Ordinal) && at >= 0 && value.EndsWith("GHz", StringComparison.Ordinal)
                && TryParse(value[(at + 2)..^3], out double gigahertz))
            {
                return (uint)(gigahertz * 1_000_000);
            }

            if (line.StartsWith("cpu MHz", StringComparison.Ordinal) && TryParse(value, out double megahertz))
            {
                rate = (uint)(megahertz * 1000);
            }
        }

        return rate;
    }

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value > 0.1 && value < 100_000;

    /// <summary>Leaf 0x15 (crystal and ratio, Intel SDM volume 2A) or the hypervisors' timing leaf; null when neither is filled in.</summary>
    private static uint? FromCpuId()
    {
        (int maxLeaf, _, _, _) = X86Base.CpuId(0, 0);
        if (maxLeaf >= 0x15)
        {
            (int denominator, int numerator, int crystal, _) = X86Base.CpuId(0x15, 0);
            if (denominator > 0 && numerator > 0 && crystal > 0)
            {
                return (uint)((ulong)crystal * (uint)numerator / (uint)denominator / 1000);
            }
        }

        (int maxHypervisorLeaf, _, _, _) = X86Base.CpuId(unchecked((int)0x4000_0000), 0);
        if ((uint)maxHypervisorLeaf is >= HypervisorTimingLeaf and < HypervisorTimingLeaf + 0x100)
        {
            (int rate, _, _, _) = X86Base.CpuId(unchecked((int)HypervisorTimingLeaf), 0);
            return rate > 0 ? (uint)rate : null;
        }

        return null;
    }
}
