using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>An interface of the pod's network namespace that is handed to the guest.</summary>
/// <param name="Index">Its number in the namespace.</param>
/// <param name="Name">Its name, there and in the guest.</param>
/// <param name="Kind">How it becomes the guest's.</param>
/// <param name="Driver">The driver's kind, as in "veth".</param>
/// <param name="Mac">Its Ethernet address.</param>
/// <param name="Mtu">Largest packet in bytes.</param>
/// <param name="NoArp">Whether neighbours are not asked for.</param>
/// <param name="Addresses">Its addresses but the IPv6 link's own, which the guest makes itself.</param>
internal sealed record Endpoint(
    int Index, string Name, EndpointKind Kind, string Driver, MacAddress Mac, uint Mtu, bool NoArp, IReadOnlyList<InterfaceAddress> Addresses)
{
    /// <summary>Where its device is on the host's PCI bus; null for what is no such device.</summary>
    internal PciAddress? Pci { get; init; }

    /// <summary>True when both are the same interface with the same Ethernet address, by which the guest knows its card.</summary>
    internal bool IsSameAs(Endpoint other) => Index == other.Index && Mac == other.Mac;

    /// <summary>True when both are configured alike; the interface itself is not compared.</summary>
    internal bool IsConfiguredLike(Endpoint other) =>
        Name == other.Name && Mtu == other.Mtu && NoArp == other.NoArp && Addresses.SequenceEqual(other.Addresses);
}
