namespace Skerry.Hypervisor;

/// <summary>Processors and memory of a running machine, which grow where its configuration has left room for that.</summary>
/// <remarks>Calls that change something take turns; the properties are of any thread.</remarks>
public interface IMachineResources
{
    /// <summary>Virtual processors the machine has, plugged ones included.</summary>
    int Vcpus { get; }

    /// <summary>Memory the machine has, in MiB, what was plugged included.</summary>
    uint MemoryMiB { get; }

    /// <summary>Memory slots in use.</summary>
    int UsedMemorySlots { get; }

    /// <summary>
    /// Plugs processors until there are <paramref name="total"/>, and returns when the guest's kernel has taken them; the agent has
    /// to bring them online. They are never taken away again: QEMU 7.2 damages its own memory when an emulated processor goes.
    /// </summary>
    /// <exception cref="HypervisorException">
    /// ResourceExhausted above the maximum; FailedPrecondition when the guest refuses or with the VMM's words; TimedOut when the guest does
    /// not take them; Unavailable.
    /// </exception>
    Task PlugVcpusAsync(int total, CancellationToken cancellationToken);

    /// <summary>
    /// Brings memory to <paramref name="totalMiB"/>, and returns when the guest's kernel has taken it. Modules are only added; virtio-mem
    /// shrinks too, as far as the guest can give memory up, which is no error.
    /// </summary>
    /// <param name="totalMiB">What is wanted; the growth is a multiple of <paramref name="blockMiB"/>.</param>
    /// <param name="blockMiB">The least that the guest can take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HypervisorException">As for processors; ResourceExhausted also without a free slot.</exception>
    Task ResizeMemoryAsync(uint totalMiB, uint blockMiB, CancellationToken cancellationToken);

    /// <summary>
    /// Unplugs modules again that the guest's kernel could not use, newest first, while more than <paramref name="totalMiB"/> would
    /// be left; such are let go by every guest.
    /// </summary>
    /// <exception cref="HypervisorException">TimedOut when the guest keeps one; Unavailable.</exception>
    Task TakeMemoryBackAsync(uint totalMiB, CancellationToken cancellationToken);

    /// <summary>The host threads that run the virtual processors, in the order of these.</summary>
    /// <exception cref="HypervisorException">Unavailable; TimedOut.</exception>
    Task<IReadOnlyList<int>> VcpuThreadsAsync(CancellationToken cancellationToken);
}
