namespace Skerry.Linux.Netlink;

/// <summary>Flags of a network interface, from include/uapi/linux/if.h.</summary>
[Flags]
public enum LinkFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Switched on.</summary>
    IFF_UP = 0x1,

    /// <summary>Has a broadcast address.</summary>
    IFF_BROADCAST = 0x2,

    /// <summary>The loopback.</summary>
    IFF_LOOPBACK = 0x8,

    /// <summary>Point to point.</summary>
    IFF_POINTOPOINT = 0x10,

    /// <summary>Working.</summary>
    IFF_RUNNING = 0x40,

    /// <summary>Answers no ARP.</summary>
    IFF_NOARP = 0x80,

    /// <summary>Takes every packet.</summary>
    IFF_PROMISC = 0x100,

    /// <summary>Takes every multicast packet.</summary>
    IFF_ALLMULTI = 0x200,

    /// <summary>Knows multicast.</summary>
    IFF_MULTICAST = 0x1000,

    /// <summary>The driver sees a carrier.</summary>
    IFF_LOWER_UP = 0x10000,
}
