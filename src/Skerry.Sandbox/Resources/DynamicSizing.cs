using Skerry.Config;
using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>
/// Sizes a machine that grows, by Kata's rule: the configured defaults and what the containers that live may use. Every step leaves a
/// line. Pure: what the machine has already is added by <see cref="Explain"/>.
/// </summary>
internal sealed class DynamicSizing
{
    private const int ShortId = 13;
    private readonly List<SizeTerm> _terms = [];

    private DynamicSizing()
    {
    }

    /// <summary>What the machine is to have.</summary>
    internal SandboxSize Size { get; private set; }

    /// <summary>Sums up.</summary>
    /// <param name="configuration">Where the defaults come from.</param>
    /// <param name="containers">The containers that live.</param>
    /// <param name="bounds">What the machine may have at most.</param>
    /// <param name="blockMiB">The guest takes memory in blocks of this size.</param>
    /// <exception cref="SkerryException">ResourceExhausted when the host has less memory; the message has both numbers and the sum.</exception>
    internal static DynamicSizing Of(SandboxConfiguration configuration, IReadOnlyList<ContainerDemand> containers, MachineBounds bounds, uint blockMiB)
    {
        var sizing = new DynamicSizing();
        int vcpus = sizing.CountVcpus(configuration, containers, bounds);
        sizing.Size = new SandboxSize(vcpus, sizing.CountMemory(configuration, containers, bounds, blockMiB));
        return sizing;
    }

    /// <summary>The sum, up to what the machine has now: it keeps what nobody asks for any more.</summary>
    /// <param name="vcpus">Processors the machine has.</param>
    /// <param name="memoryMiB">Memory the machine has.</param>
    /// <param name="booted">What it was started with.</param>
    /// <param name="slots">How the memory was plugged, in words.</param>
    internal IReadOnlyList<SizeTerm> Explain(int vcpus, uint memoryMiB, SandboxSize booted, string slots)
    {
        List<SizeTerm> terms = [.. _terms];
        AddDifference(terms, SizeTerm.Vcpus, vcpus - Size.Vcpus, "plugged before and kept: processors stay");
        AddDifference(terms, SizeTerm.Memory, (long)memoryMiB - Size.MemoryMiB, "plugged before and kept by the guest");
        if (vcpus > booted.Vcpus)
        {
            terms.Add(new SizeTerm(SizeTerm.Vcpus, 0, $"{vcpus - booted.Vcpus} of them plugged while it runs"));
        }

        if (memoryMiB > booted.MemoryMiB)
        {
            terms.Add(new SizeTerm(SizeTerm.Memory, 0, $"{memoryMiB - booted.MemoryMiB} MiB of it plugged while it runs, {slots}"));
        }

        return terms;
    }

    private int CountVcpus(SandboxConfiguration configuration, IReadOnlyList<ContainerDemand> containers, MachineBounds bounds)
    {
        double vcpus = Add(SizeTerm.Vcpus, configuration.Config.Hypervisor.DefaultVcpus, $"default_vcpus, from {configuration.OriginOf("hypervisor.default_vcpus")}");
        double limits = 0;
        foreach (ContainerDemand container in containers)
        {
            limits += Add(SizeTerm.Vcpus, container.Vcpus, $"the limit of container {Name(container)}");
        }

        if (limits == 0)
        {
            int cpus = containers.SelectMany(container => container.Cpus).Distinct().Count();
            limits = Add(SizeTerm.Vcpus, cpus, "no container has a limit, and this many processors are in their cpusets");
        }

        vcpus += limits;
        double whole = Math.Max(1, Math.Ceiling(Math.Round(vcpus, 3)));
        Add(SizeTerm.Vcpus, Math.Round(whole - vcpus, 3), "rounded up to whole processors");
        if (whole > bounds.Vcpus)
        {
            Add(SizeTerm.Vcpus, bounds.Vcpus - whole, $"at most {bounds.Vcpus}: default_maxvcpus, from {configuration.OriginOf("hypervisor.default_maxvcpus")}, or the host's processors");
        }

        return (int)Math.Min(whole, bounds.Vcpus);
    }

    private uint CountMemory(SandboxConfiguration configuration, IReadOnlyList<ContainerDemand> containers, MachineBounds bounds, uint blockMiB)
    {
        HypervisorConfig hypervisor = configuration.Config.Hypervisor;
        Add(SizeTerm.Memory, hypervisor.DefaultMemoryMiB, $"default_memory, from {configuration.OriginOf("hypervisor.default_memory")}");
        long limits = 0;
        foreach (ContainerDemand container in containers)
        {
            limits += (long)Add(SizeTerm.Memory, container.MemoryMiB, $"the limit of container {Name(container)}");
            limits += (long)Add(SizeTerm.Memory, container.HugePagesMiB, $"huge pages of container {Name(container)}");
        }

        EnsureFits(hypervisor.DefaultMemoryMiB + limits, bounds.HostMemoryMiB);
        long blocks = (limits + blockMiB - 1) / blockMiB;
        Add(SizeTerm.Memory, (blocks * blockMiB) - limits, $"rounded up to blocks of {blockMiB} MiB, by which the guest takes memory");
        long most = (bounds.MemoryMiB - hypervisor.DefaultMemoryMiB) / blockMiB;
        if (blocks > most)
        {
            Add(
                SizeTerm.Memory,
                (most - blocks) * blockMiB,
                $"at most {bounds.MemoryMiB} MiB: default_maxmemory, from {configuration.OriginOf("hypervisor.default_maxmemory")}, or the host's memory");
        }

        return (uint)(hypervisor.DefaultMemoryMiB + (Math.Min(blocks, most) * blockMiB));
    }

    private void EnsureFits(long memoryMiB, long hostMemoryMiB)
    {
        if (hostMemoryMiB > 0 && memoryMiB > hostMemoryMiB)
        {
            string sum = string.Join(" + ", _terms.Where(term => term.Resource == SizeTerm.Memory).Select(term => $"{term.Amount} MiB ({term.Reason})"));
            throw new SkerryException(
                FailureKind.ResourceExhausted,
                $"the sandbox would have {memoryMiB} MiB of memory, but the host has {hostMemoryMiB} MiB; it is the sum of {sum}",
                "lower the container's memory limit or default_memory");
        }
    }

    private static void AddDifference(List<SizeTerm> terms, string resource, double amount, string kept)
    {
        if (amount != 0)
        {
            terms.Add(new SizeTerm(resource, amount, amount > 0 ? kept : "asked for, but not had yet"));
        }
    }

    private double Add(string resource, double amount, string reason)
    {
        if (amount != 0)
        {
            _terms.Add(new SizeTerm(resource, amount, reason));
        }

        return amount;
    }

    // As much of an id as a table has room for.
    private static string Name(ContainerDemand container) => container.Id.Value.Length > ShortId ? container.Id.Value[..ShortId] : container.Id.Value;
}
