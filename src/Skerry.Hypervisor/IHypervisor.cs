namespace Skerry.Hypervisor;

/// <summary>The seam between sandbox policy and one virtual machine monitor.</summary>
/// <remarks>Implementations are thread-safe and hold no state of a machine: that is in <see cref="IVirtualMachine"/>.</remarks>
public interface IHypervisor
{
    /// <summary>What this monitor can do; asked before a call, since no method throws "not implemented".</summary>
    HypervisorCapabilities Capabilities { get; }

    /// <summary>
    /// Starts a machine and returns once its monitor answers and the guest's CPUs run. The guest is then still booting: the
    /// caller talks to the agent over <see cref="IVirtualMachine.GuestChannelStream"/>, watches
    /// <see cref="IVirtualMachine.Exited"/> meanwhile, and reports an agent that stays silent with
    /// <see cref="IVirtualMachine.DescribeBootFailure"/>.
    /// </summary>
    /// <remarks>
    /// Shared directories' daemons must be listening before the call. When it throws, or is cancelled, nothing of the
    /// machine is left: no process, no socket; the console ring and the VMM's error log stay in the state directory.
    /// </remarks>
    /// <exception cref="HypervisorException">
    /// HostDenied when the VMM cannot be run or an asked-for accelerator is missing; NotFound when kernel, initrd or image is
    /// missing; InvalidArgument for a configuration no machine can have; ResourceExhausted without space or memory;
    /// Unavailable when the VMM dies at once (its own words are in the message); TimedOut when its monitor stays silent.
    /// </exception>
    Task<IVirtualMachine> StartAsync(MachineConfig config, CancellationToken cancellationToken);
}
