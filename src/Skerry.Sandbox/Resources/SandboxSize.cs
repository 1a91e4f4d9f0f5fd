using System.Globalization;
using Skerry.Config;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// How big the machine is, by Kata's rule for sandboxes that are sized once: the configured defaults are the overhead, and
/// what the pod (or the lone container) may use is added.
/// </summary>
/// <param name="Vcpus">Virtual processors.</param>
/// <param name="MemoryMiB">Memory.</param>
internal readonly record struct SandboxSize(int Vcpus, uint MemoryMiB)
{
    private const string CpuPeriod = "io.kubernetes.cri.sandbox-cpu-period";
    private const string CpuQuota = "io.kubernetes.cri.sandbox-cpu-quota";
    private const string Memory = "io.kubernetes.cri.sandbox-memory";
    private const long MiB = 1024 * 1024;
    private const double DefaultPeriodUs = 100_000;

    /// <summary>The size of the sandbox whose first container has <paramref name="spec"/>.</summary>
    internal static SandboxSize Of(SkerryConfig config, OciSpec spec)
    {
        double vcpus = config.Hypervisor.DefaultVcpus;
        ulong memoryMiB = config.Hypervisor.DefaultMemoryMiB;
        if (config.Runtime.StaticSandboxResourceMgmt)
        {
            vcpus += CpusOf(spec);
            memoryMiB += (ulong)((MemoryOf(spec) + MiB - 1) / MiB);
        }

        uint most = config.Hypervisor.DefaultMaxVcpus == 0 ? (uint)Environment.ProcessorCount : config.Hypervisor.DefaultMaxVcpus;
        int wanted = (int)Math.Clamp(Math.Ceiling(vcpus), 1, Math.Max(most, 1));
        return new SandboxSize(wanted, (uint)Math.Min(memoryMiB, uint.MaxValue));
    }

    private static double CpusOf(OciSpec spec)
    {
        long quota = Number(spec, CpuQuota) ?? spec.Linux?.Resources?.Cpu?.Quota ?? 0;
        double period = Number(spec, CpuPeriod) ?? spec.Linux?.Resources?.Cpu?.Period ?? DefaultPeriodUs;
        return quota > 0 && period > 0 ? quota / period : 0;
    }

    private static long MemoryOf(OciSpec spec) => Math.Max(0, Number(spec, Memory) ?? spec.Linux?.Resources?.Memory?.Limit ?? 0);

    private static long? Number(OciSpec spec, string key) =>
        spec.Annotations.TryGetValue(key, out string? text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : null;
}
