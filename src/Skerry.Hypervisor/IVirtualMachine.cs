namespace Skerry.Hypervisor;

/// <summary>One running machine. Disposing it kills what still runs, at once, and releases every handle.</summary>
/// <remarks>Thread-safe. <see cref="IAsyncDisposable.DisposeAsync"/> may be called twice.</remarks>
public interface IVirtualMachine : IAsyncDisposable
{
    /// <summary>The VMM's process id in the host, for display and accounting; signals go through this object.</summary>
    int ProcessId { get; }

    /// <summary>Every host process that belongs to the machine itself (not its file daemons).</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>The accelerator that is in use, after <see cref="Accelerator.Auto"/> was decided, with the reason.</summary>
    AcceleratorDecision Accelerator { get; }

    /// <summary>
    /// The host's end of the guest's serial port "skerry.channel0": duplex raw bytes, on which the caller runs the
    /// vsock packet engine. Null where the VMM offers a unix-socket face (<see cref="VsockSocketPath"/>) instead.
    /// </summary>
    /// <remarks>
    /// Bytes written before the guest has opened the port are thrown away; a guest that writes blocks until they are read.
    /// Reading 0 means the VMM is gone. Owned by the machine: it is closed by its disposal.
    /// </remarks>
    Stream? GuestChannelStream { get; }

    /// <summary>Path of the VMM's own hybrid-vsock unix socket; null where <see cref="GuestChannelStream"/> is used.</summary>
    string? VsockSocketPath { get; }

    /// <summary>
    /// Completes when the VMM process has ended, however that came; never faults. After <see cref="StopAsync"/> its reason
    /// is <see cref="MachineExitReason.Stopped"/>.
    /// </summary>
    Task<MachineExit> Exited { get; }

    /// <summary>When what happened on the host's side of this machine's start and end.</summary>
    MachineTimeline Timeline { get; }

    /// <summary>The last <paramref name="maxBytes"/> bytes of the guest's console as text, control characters shown harmlessly.</summary>
    /// <remarks>Guest-controlled: show it, never act on it. Bounded by <see cref="MachineConfig.ConsoleLimitBytes"/>.</remarks>
    string ConsoleTail(int maxBytes);

    /// <summary>
    /// The error for a guest that did not do what was waited for: its kind tells panic or exit (GuestFailed) from silence
    /// (TimedOut), and its message holds what was waited for, the reason as far as it can be known, and the console's tail.
    /// </summary>
    /// <param name="waitedFor">What was waited for, as in "the agent to answer Health".</param>
    /// <param name="waited">How long.</param>
    HypervisorException DescribeBootFailure(string waitedFor, TimeSpan waited);

    /// <summary>Stops the guest's CPUs. Memory and devices stay as they are.</summary>
    /// <exception cref="HypervisorException">Unavailable when the VMM is gone, TimedOut when it does not answer.</exception>
    Task PauseAsync(CancellationToken cancellationToken);

    /// <summary>Lets a paused guest go on; does nothing when it runs.</summary>
    /// <exception cref="HypervisorException">Unavailable when the VMM is gone, TimedOut when it does not answer.</exception>
    Task ResumeAsync(CancellationToken cancellationToken);

    /// <summary>Slots it was made with, for devices that come later; 0 for a machine that takes none.</summary>
    int Slots { get; }

    /// <summary>The machine's processors and memory.</summary>
    IMachineResources Resources { get; }

    /// <summary>Slots in which a device can still be plugged. One is taken for as long as the machine has its device, whoever wanted it to leave.</summary>
    int FreeSlots { get; }

    /// <summary>Adds a network card to the running guest. Its descriptors are duplicated: the caller closes its own.</summary>
    /// <exception cref="HypervisorException">ResourceExhausted without a free slot; FailedPrecondition with the VMM's words; Unavailable; TimedOut.</exception>
    Task PlugAsync(NetworkDevice device, CancellationToken cancellationToken);

    /// <summary>Takes a plugged network card away again and returns when the guest has let go of it.</summary>
    /// <exception cref="HypervisorException">FailedPrecondition with the VMM's words; TimedOut when the guest keeps it; Unavailable.</exception>
    Task UnplugAsync(string id, CancellationToken cancellationToken);

    /// <summary>Adds a disk to the running guest. Its descriptor is duplicated: the caller closes its own.</summary>
    /// <returns>Where the guest finds it: its PCI path, as in "1e.0/00".</returns>
    /// <exception cref="HypervisorException">ResourceExhausted without a free slot; FailedPrecondition with the VMM's words; Unavailable; TimedOut.</exception>
    Task<string> PlugAsync(BlockDevice device, CancellationToken cancellationToken);

    /// <summary>Takes a plugged disk away again and returns when the guest has let go of it, or the machine has ended.</summary>
    /// <exception cref="HypervisorException">FailedPrecondition with the VMM's words; TimedOut when the guest keeps it; Unavailable.</exception>
    Task UnplugDiskAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the VMM: asks it to quit, then SIGTERM, then SIGKILL, each after a part of <paramref name="grace"/>. Returns when
    /// the process is gone, also when it was gone before. Without grace it is killed at once, which loses nothing once the guest has
    /// written everything back. The guest is not asked: shut the agent down first.
    /// </summary>
    /// <exception cref="HypervisorException">TimedOut when the process outlives SIGKILL by 5 s (stuck in the kernel).</exception>
    Task StopAsync(TimeSpan grace, CancellationToken cancellationToken);
}
