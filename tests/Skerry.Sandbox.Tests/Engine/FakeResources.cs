using Skerry.Core;
using Skerry.Hypervisor;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>Processors and memory that are what they were asked to be, up to a limit.</summary>
internal sealed class FakeResources : IMachineResources
{
    public int Vcpus { get; set; } = 1;

    public uint MemoryMiB { get; set; } = 256;

    public int UsedMemorySlots { get; private set; }

    /// <summary>More memory is refused.</summary>
    internal uint MostMiB { get; set; } = uint.MaxValue;

    /// <summary>Memory shrinks too, as with virtio-mem.</summary>
    internal bool Shrinks { get; set; }

    internal IReadOnlyList<int> Threads { get; set; } = [4711];

    public Task PlugVcpusAsync(int total, CancellationToken cancellationToken)
    {
        Vcpus = Math.Max(Vcpus, total);
        return Task.CompletedTask;
    }

    public Task ResizeMemoryAsync(uint totalMiB, uint blockMiB, CancellationToken cancellationToken)
    {
        if (totalMiB > MostMiB)
        {
            throw new HypervisorException(FailureKind.ResourceExhausted, $"no slot for {totalMiB} MiB");
        }

        UsedMemorySlots += totalMiB > MemoryMiB ? 1 : 0;
        MemoryMiB = Shrinks ? totalMiB : Math.Max(MemoryMiB, totalMiB);
        return Task.CompletedTask;
    }

    public Task TakeMemoryBackAsync(uint totalMiB, CancellationToken cancellationToken)
    {
        MemoryMiB = totalMiB;
        UsedMemorySlots--;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<int>> VcpuThreadsAsync(CancellationToken cancellationToken) => Task.FromResult(Threads);
}
