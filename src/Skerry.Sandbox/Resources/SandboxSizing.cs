using System.Globalization;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// Sizes a machine once, by Kata's rule: the configured defaults are the overhead, and what the pod (or the lone container) may
/// use is added. Every step leaves a line, so that a user can be told where each processor and each MiB comes from.
/// </summary>
internal sealed class SandboxSizing
{
    private const string CpuPeriod = "io.kubernetes.cri.sandbox-cpu-period";
    private const string CpuQuota = "io.kubernetes.cri.sandbox-cpu-quota";
    private const string CpuShares = "io.kubernetes.cri.sandbox-cpu-shares";
    private const string PodMemory = "io.kubernetes.cri.sandbox-memory";
    private const string OwnLimit = "the container's own limit";
    private const long MiB = 1024 * 1024;
    private const double DefaultPeriodUs = 100_000;
    private const double SharesPerCpu = 1024;

    private readonly List<SizeTerm> _terms = [];

    private SandboxSizing()
    {
    }

    /// <summary>The result.</summary>
    internal SandboxSize Size { get; private set; }

    /// <summary>The sum, line by line.</summary>
    internal IReadOnlyList<SizeTerm> Terms => _terms;

    /// <summary>Sizes the machine of the sandbox whose first container has <paramref name="spec"/>.</summary>
    internal static SandboxSizing Of(SandboxConfiguration configuration, OciSpec spec)
    {
        var sizing = new SandboxSizing();
        bool addLimits = configuration.Config.Runtime.StaticSandboxResourceMgmt;
        sizing.Size = new SandboxSize(sizing.CountVcpus(configuration, spec, addLimits), sizing.CountMemory(configuration, spec, addLimits));
        return sizing;
    }

    /// <summary>Refuses a machine that is bigger than the host.</summary>
    /// <exception cref="SkerryException">ResourceExhausted; the message has both numbers and the sum.</exception>
    internal void EnsureFits(long hostMemoryMiB)
    {
        if (hostMemoryMiB > 0 && Size.MemoryMiB > hostMemoryMiB)
        {
            string sum = string.Join(" + ", _terms.Where(term => term.Resource == SizeTerm.Memory && term.Amount > 0).Select(term => $"{term.Amount} MiB ({term.Reason})"));
            throw new SkerryException(
                FailureKind.ResourceExhausted,
                $"the sandbox would have {Size.MemoryMiB} MiB of memory, but the host has {hostMemoryMiB} MiB; it is the sum of {sum}",
                "lower the pod's memory limit or default_memory");
        }
    }

    private int CountVcpus(SandboxConfiguration configuration, OciSpec spec, bool addLimits)
    {
        double vcpus = Add(SizeTerm.Vcpus, configuration.Config.Hypervisor.DefaultVcpus, $"default_vcpus, from {configuration.OriginOf("hypervisor.default_vcpus")}");
        if (addLimits)
        {
            vcpus += AddCpuLimit(spec);
        }

        double whole = Math.Max(1, Math.Ceiling(vcpus));
        Add(SizeTerm.Vcpus, Math.Round(whole - vcpus, 3), "rounded up to whole processors");
        uint configured = configuration.Config.Hypervisor.DefaultMaxVcpus;
        uint most = Math.Max(1, configured == 0 ? (uint)Environment.ProcessorCount : configured);
        if (whole > most)
        {
            Add(SizeTerm.Vcpus, most - whole, $"at most {most}: default_maxvcpus, from {configuration.OriginOf("hypervisor.default_maxvcpus")}, or the host's processors");
        }

        return (int)Math.Min(whole, most);
    }

    private double AddCpuLimit(OciSpec spec)
    {
        OciCpu? cpu = spec.Linux?.Resources?.Cpu;
        bool ofPod = spec.Annotations.ContainsKey(CpuQuota);
        long quota = Number(spec, CpuQuota) ?? cpu?.Quota ?? 0;
        double period = Number(spec, CpuPeriod) ?? cpu?.Period ?? DefaultPeriodUs;
        if (quota > 0 && period > 0)
        {
            return Add(SizeTerm.Vcpus, quota / period, ofPod ? $"the pod's limit: quota {quota} of {period} (annotation {CpuQuota})" : OwnLimit);
        }

        // A pod without a limit is as big as what it asks for.
        long shares = ofPod && quota < 0 ? Number(spec, CpuShares) ?? 0 : 0;
        return shares > 0 ? Add(SizeTerm.Vcpus, Math.Ceiling(shares / SharesPerCpu), $"the pod has no limit and asks for {shares} shares (annotation {CpuShares})") : 0;
    }

    private uint CountMemory(SandboxConfiguration configuration, OciSpec spec, bool addLimits)
    {
        double memory = Add(SizeTerm.Memory, configuration.Config.Hypervisor.DefaultMemoryMiB, $"default_memory, from {configuration.OriginOf("hypervisor.default_memory")}");
        if (addLimits)
        {
            OciResources? own = spec.Linux?.Resources;
            memory += Number(spec, PodMemory) is { } limit
                ? Add(SizeTerm.Memory, ToMiB(limit), $"the pod's limit (annotation {PodMemory})")
                : Add(SizeTerm.Memory, ToMiB(own?.Memory?.Limit ?? 0), OwnLimit);
            foreach (OciHugepageLimit pages in own?.HugepageLimits ?? [])
            {
                memory += Add(SizeTerm.Memory, ToMiB((long)Math.Min(pages.Limit, long.MaxValue)), $"huge pages of {pages.PageSize}");
            }
        }

        return (uint)Math.Min(memory, uint.MaxValue);
    }

    private static double ToMiB(long bytes) => bytes <= 0 ? 0 : Math.Ceiling((double)bytes / MiB);

    /// <summary>Lines that add nothing are not written.</summary>
    private double Add(string resource, double amount, string reason)
    {
        if (amount != 0)
        {
            _terms.Add(new SizeTerm(resource, amount, reason));
        }

        return amount;
    }

    private static long? Number(OciSpec spec, string key) =>
        spec.Annotations.TryGetValue(key, out string? text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : null;
}
