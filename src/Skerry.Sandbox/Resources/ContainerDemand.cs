using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>What a living container may use.</summary>
/// <param name="Id">The container.</param>
/// <param name="Resources">Its limits; null for one that has none.</param>
internal sealed record ContainerDemand(ContainerId Id, OciResources? Resources)
{
    private const long MiB = 1024 * 1024;
    private const double DefaultPeriodUs = 100_000;

    /// <summary>Processors by its quota; 0 without one.</summary>
    internal double Vcpus => Resources?.Cpu is { Quota: > 0 and long quota } cpu ? quota / (cpu.Period is > 0 and ulong period ? period : DefaultPeriodUs) : 0;

    /// <summary>Processors it is bound to; none when it may use all.</summary>
    internal IReadOnlyList<int> Cpus => CpuList.Parse(Resources?.Cpu?.Cpus);

    /// <summary>The host's processors it is bound to, as the spec writes them; empty when it may use all.</summary>
    internal string Processors => Resources?.Cpu?.Cpus ?? string.Empty;

    /// <summary>The same for memory nodes.</summary>
    internal string MemoryNodes => Resources?.Cpu?.Mems ?? string.Empty;

    /// <summary>Its memory limit, rounded up to MiB; 0 without one.</summary>
    internal long MemoryMiB => ToMiB(Resources?.Memory?.Limit ?? 0);

    /// <summary>Huge pages it may use, in MiB.</summary>
    internal long HugePagesMiB => (Resources?.HugepageLimits ?? []).Sum(pages => ToMiB((long)Math.Min(pages.Limit, long.MaxValue / 2)));

    /// <summary>The limits after an update, which names only what it changes.</summary>
    internal static OciResources Merge(OciResources? now, OciResources change) => now is null ? change : now with
    {
        Cpu = Merge(now.Cpu, change.Cpu),
        Memory = change.Memory?.Limit is null ? now.Memory : (now.Memory ?? change.Memory) with { Limit = change.Memory.Limit },
        HugepageLimits = change.HugepageLimits.Count > 0 ? change.HugepageLimits : now.HugepageLimits,
    };

    // Zero stands for "not changed" where a number means something only above it.
    private static OciCpu? Merge(OciCpu? now, OciCpu? change) => now is null || change is null ? change ?? now : now with
    {
        Quota = change.Quota is null or 0 ? now.Quota : change.Quota,
        Period = change.Period is null or 0 ? now.Period : change.Period,
        Cpus = string.IsNullOrEmpty(change.Cpus) ? now.Cpus : change.Cpus,
        Mems = string.IsNullOrEmpty(change.Mems) ? now.Mems : change.Mems,
    };

    // 2^63-1 rounded down to pages is how "no limit" looks in some managers.
    private static long ToMiB(long bytes) => bytes <= 0 || bytes > long.MaxValue - MiB ? 0 : (bytes + MiB - 1) / MiB;
}
