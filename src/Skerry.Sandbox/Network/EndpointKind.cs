namespace Skerry.Sandbox;

/// <summary>How an interface of the pod's namespace can become the guest's.</summary>
internal enum EndpointKind
{
    /// <summary>An Ethernet interface whose packets are redirected to a tap of ours, or that carries a macvtap of ours: veth, macvlan, ipvlan, vlan, netkit, dummy.</summary>
    Redirected,

    /// <summary>A macvtap that the manager made: its character device is the guest's card.</summary>
    Macvtap,

    /// <summary>A tap that the manager made and nobody has opened: it is the guest's card.</summary>
    Tap,

    /// <summary>A PCI device of the host, which the guest gets itself by VFIO.</summary>
    Hardware,
}
