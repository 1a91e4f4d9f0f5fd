using Skerry.Linux;
using Skerry.Linux.Netlink;

namespace Skerry.Hypervisor;

/// <summary>A network card of a machine: a virtio-net device whose other end is a tap on the host, or a network the VMM makes itself.</summary>
public sealed record NetworkDevice
{
    /// <summary>Its name in the VMM, as in "net0"; unique in the machine.</summary>
    public required string Id { get; init; }

    /// <summary>Its Ethernet address, by which the guest's agent finds it.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>The tap's descriptors, one by queue pair; empty when <see cref="User"/> is set. They stay the caller's to close.</summary>
    public IReadOnlyList<FileDescriptor> Queues { get; init; } = [];

    /// <summary>As many descriptors of /dev/vhost-net, to move packets in the host's kernel; empty leaves that to the VMM.</summary>
    public IReadOnlyList<FileDescriptor> VhostQueues { get; init; } = [];

    /// <summary>The VMM's own network in the place of a tap; null for a tap.</summary>
    public UserNetwork? User { get; init; }
}
