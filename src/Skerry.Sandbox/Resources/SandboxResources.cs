using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Logging;
using Skerry.Config;
using Skerry.Core;
using Skerry.Hypervisor;

namespace Skerry.Sandbox;

/// <summary>Fits a running machine to what its containers may use: plugs processors and memory, pins virtual processors.</summary>
internal sealed class SandboxResources : IDisposable
{
    private const uint LeastBlockMiB = 2;
    private const uint LargestBlockMiB = 4096;

    private readonly SandboxId _sandbox;
    private readonly SandboxConfiguration _configuration;
    private readonly IVirtualMachine _machine;
    private readonly AgentClient _agent;
    private readonly ISandboxCgroup? _cgroup;
    private readonly ILogger _log;
    private readonly VcpuPinning _pinning;
    private readonly HostCpuset _cpuset;
    private readonly SandboxSize _booted;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private uint _blockMiB;
    private int _online;

    /// <param name="sandbox">The sandbox.</param>
    /// <param name="configuration">Its configuration, with the machine type that was chosen.</param>
    /// <param name="machine">Its machine.</param>
    /// <param name="agent">Its agent.</param>
    /// <param name="cgroup">Where its virtual processors belong; null on a host without cgroups.</param>
    /// <param name="log">The log.</param>
    internal SandboxResources(
        SandboxId sandbox, SandboxConfiguration configuration, IVirtualMachine machine, AgentClient agent, ISandboxCgroup? cgroup, ILogger log)
    {
        _sandbox = sandbox;
        _configuration = configuration;
        _machine = machine;
        _agent = agent;
        _cgroup = cgroup;
        _log = log;
        _pinning = new VcpuPinning(sandbox, machine, log);
        _cpuset = new HostCpuset(sandbox, cgroup, log);
        _booted = new SandboxSize(machine.Resources.Vcpus, machine.Resources.MemoryMiB);
        _online = _booted.Vcpus;
    }

    /// <summary>False where nothing depends on which containers live.</summary>
    internal bool FollowsContainers => !Runtime.StaticSandboxResourceMgmt || Runtime.EnableVcpusPinning || _cgroup is not null;

    private RuntimeConfig Runtime => _configuration.Config.Runtime;

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Makes the machine fit, and binds it to its containers' processors of the host; calls take turns, so that each sees what the one before has admitted.</summary>
    /// <param name="demands">The containers to count, asked when it is this call's turn.</param>
    /// <param name="admit">Takes note, still in this turn, that they were counted, and of the sum; null where nothing is sized.</param>
    /// <param name="cancellationToken">Ends the wait for the guest.</param>
    /// <exception cref="SkerryException">What is asked for cannot be had: which limit, both numbers, what to set. The machine works on.</exception>
    internal async Task FitAsync(
        Func<Task<IReadOnlyList<ContainerDemand>>> demands, Func<IReadOnlyList<SizeTerm>?, Task> admit, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<ContainerDemand> containers = await demands().ConfigureAwait(false);
            using HostCpuset.Change confined = _cpuset.Apply(containers);
            IReadOnlyList<SizeTerm>? terms = Runtime.StaticSandboxResourceMgmt ? null : await ResizeAsync(containers, cancellationToken).ConfigureAwait(false);
            if (Runtime.EnableVcpusPinning)
            {
                await _pinning.ApplyAsync(containers, cancellationToken).ConfigureAwait(false);
            }

            await admit(terms).ConfigureAwait(false);
            confined.Keep();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IReadOnlyList<SizeTerm>> ResizeAsync(IReadOnlyList<ContainerDemand> containers, CancellationToken cancellationToken)
    {
        uint block = await BlockAsync(containers, cancellationToken).ConfigureAwait(false);
        var sizing = DynamicSizing.Of(_configuration, containers, MachineBounds.Of(_configuration.Config.Hypervisor, HostMemory.TotalMiB()), block);
        IMachineResources resources = _machine.Resources;
        try
        {
            await ResizeMemoryAsync(sizing.Size.MemoryMiB, block, cancellationToken).ConfigureAwait(false);
            await resources.PlugVcpusAsync(sizing.Size.Vcpus, cancellationToken).ConfigureAwait(false);
            await BringProcessorsOnlineAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SkerryException error) when (error.Kind != FailureKind.Unavailable)
        {
            throw new SkerryException(
                error.Kind,
                $"cannot fit the machine of sandbox \"{_sandbox}\" to its containers, {sizing.Size.Vcpus} processors and {sizing.Size.MemoryMiB} MiB; it has {resources.Vcpus} and {resources.MemoryMiB} MiB",
                error.Hint,
                error);
        }

        return sizing.Explain(resources.Vcpus, resources.MemoryMiB, _booted, Slots(resources));
    }

    /// <summary>
    /// A guest acknowledges a module also when it has no use for it. So what it has in use is asked for; a module that it cannot use is
    /// taken back.
    /// </summary>
    private async Task ResizeMemoryAsync(uint totalMiB, uint blockMiB, CancellationToken cancellationToken)
    {
        IMachineResources resources = _machine.Resources;
        uint before = resources.MemoryMiB;
        bool modules = totalMiB > before && !_configuration.Config.Hypervisor.EnableVirtioMem;
        ulong used = modules ? (await _agent.MemoryAsync(cancellationToken).ConfigureAwait(false)).OnlineBytes : 0;
        await resources.ResizeMemoryAsync(totalMiB, blockMiB, cancellationToken).ConfigureAwait(false);
        if (!modules)
        {
            return;
        }

        await _agent.BringOnlineAsync(0, memory: true, cancellationToken).ConfigureAwait(false);
        ulong now = (await _agent.MemoryAsync(cancellationToken).ConfigureAwait(false)).OnlineBytes;
        uint added = now > used ? (uint)Math.Min((now - used) >> 20, uint.MaxValue) : 0;
        if (used > 0 && added < totalMiB - before)
        {
            await resources.TakeMemoryBackAsync(before, cancellationToken).ConfigureAwait(false);
            throw new SkerryException(
                FailureKind.FailedPrecondition,
                $"the guest's kernel uses {added} of the {totalMiB - before} MiB that were plugged: it needs CONFIG_ACPI_HOTPLUG_MEMORY, and memory of its own to keep account of them (default_memory is {_booted.MemoryMiB} MiB)",
                "see the guest's console; raise default_memory, boot another guest kernel, or set static_sandbox_resource_mgmt = true");
        }
    }

    private async Task BringProcessorsOnlineAsync(CancellationToken cancellationToken)
    {
        int processors = _machine.Resources.Vcpus - _online;
        if (processors > 0)
        {
            await VcpuPlacement.ApplyAsync(_sandbox, _cgroup, _machine, _log, cancellationToken).ConfigureAwait(false);
            await _agent.BringOnlineAsync((uint)processors, memory: false, cancellationToken).ConfigureAwait(false);
            _online += processors;
        }
    }

    /// <summary>The size of the guest's memory blocks, asked once, when the first container has a limit. A guest can say anything.</summary>
    private async Task<uint> BlockAsync(IReadOnlyList<ContainerDemand> containers, CancellationToken cancellationToken)
    {
        if (_blockMiB == 0 && containers.Any(container => container.MemoryMiB + container.HugePagesMiB > 0))
        {
            ulong bytes = (await _agent.MemoryAsync(cancellationToken).ConfigureAwait(false)).BlockBytes;
            bool sound = BitOperations.IsPow2(bytes) && bytes >> 20 is >= LeastBlockMiB and <= LargestBlockMiB;
            _blockMiB = sound ? (uint)(bytes >> 20) : throw new SkerryException(
                FailureKind.GuestFailed, $"the guest takes memory in blocks of {bytes} bytes, which cannot be, unless its kernel takes no memory while it runs: it needs CONFIG_MEMORY_HOTPLUG", "boot another guest kernel, or set static_sandbox_resource_mgmt = true");
        }

        return Math.Max(1, _blockMiB);
    }

    private string Slots(IMachineResources resources) => _configuration.Config.Hypervisor.EnableVirtioMem
        ? "by virtio-mem"
        : string.Create(CultureInfo.InvariantCulture, $"in {resources.UsedMemorySlots} of {_configuration.Config.Hypervisor.MemorySlots} slots");
}
