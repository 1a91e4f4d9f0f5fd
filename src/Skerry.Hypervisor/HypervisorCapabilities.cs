namespace Skerry.Hypervisor;

/// <summary>What a virtual machine monitor can do, as data.</summary>
public sealed record HypervisorCapabilities
{
    /// <summary>The monitor's name in configuration files, as in "qemu".</summary>
    public required string Name { get; init; }

    /// <summary>Machine types it knows, the default first.</summary>
    public required IReadOnlyList<string> MachineTypes { get; init; }

    /// <summary>The guest channel is a serial port's byte stream; otherwise it is a hybrid-vsock unix socket.</summary>
    public required bool SerialGuestChannel { get; init; }

    /// <summary>Directories can be shared by virtio-fs with a vhost-user daemon.</summary>
    public required bool VirtioFs { get; init; }

    /// <summary>CPUs can be stopped and resumed.</summary>
    public required bool Pause { get; init; }

    /// <summary>Machine types on which devices can be added to a running machine; empty when none.</summary>
    public required IReadOnlyList<string> HotPlugMachineTypes { get; init; }

    /// <summary>Most virtual CPUs a machine may have.</summary>
    public required int MaxVcpus { get; init; }
}
