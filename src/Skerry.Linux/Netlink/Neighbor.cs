using System.Net;

namespace Skerry.Linux.Netlink;

/// <summary>An entry of the ARP or neighbour table.</summary>
/// <param name="LinkIndex">The interface.</param>
/// <param name="Address">The neighbour's IP address.</param>
/// <param name="Mac">Its Ethernet address, when it is known.</param>
/// <param name="State">NUD_ bits, see <see cref="NUD_PERMANENT"/>.</param>
/// <param name="Flags">NTF_ bits.</param>
public sealed record Neighbor(int LinkIndex, IPAddress Address, MacAddress? Mac, ushort State = Neighbor.NUD_PERMANENT, byte Flags = 0)
{
    /// <summary>NUD_REACHABLE: known to be right.</summary>
    public const ushort NUD_REACHABLE = 0x02;

    /// <summary>NUD_STALE: to be checked at the next use.</summary>
    public const ushort NUD_STALE = 0x04;

    /// <summary>NUD_NOARP: needs no check.</summary>
    public const ushort NUD_NOARP = 0x40;

    /// <summary>NUD_PERMANENT: stays until it is removed.</summary>
    public const ushort NUD_PERMANENT = 0x80;
}
