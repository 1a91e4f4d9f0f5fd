using System.Net;

namespace Skerry.Linux.Netlink;

/// <summary>A route.</summary>
public sealed record Route
{
    /// <summary>RT_SCOPE_UNIVERSE: anywhere.</summary>
    public const byte RT_SCOPE_UNIVERSE = 0;

    /// <summary>RT_SCOPE_LINK: on the link, without a gateway.</summary>
    public const byte RT_SCOPE_LINK = 253;

    /// <summary>RT_SCOPE_HOST: this host.</summary>
    public const byte RT_SCOPE_HOST = 254;

    /// <summary>RT_TABLE_MAIN.</summary>
    public const uint RT_TABLE_MAIN = 254;

    /// <summary>RTN_UNICAST: an ordinary route.</summary>
    public const byte RTN_UNICAST = 1;

    /// <summary>RTNH_F_ONLINK: the gateway is on the link whatever the addresses say.</summary>
    public const uint RTNH_F_ONLINK = 4;

    /// <summary>The network it leads to; null for the default route.</summary>
    public IPAddress? Destination { get; init; }

    /// <summary>Bits of the network.</summary>
    public int PrefixLength { get; init; }

    /// <summary>The next hop; null when the destination is on the link.</summary>
    public IPAddress? Gateway { get; init; }

    /// <summary>The source address packets get; null for the kernel's choice.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>The interface; 0 when the gateway tells.</summary>
    public int LinkIndex { get; init; }

    /// <summary>One of the RT_SCOPE_ numbers.</summary>
    public byte Scope { get; init; }

    /// <summary>The table.</summary>
    public uint Table { get; init; } = RT_TABLE_MAIN;

    /// <summary>RTPROT_ number: who made it; 3 is "boot", 2 the kernel.</summary>
    public byte Protocol { get; init; } = 3;

    /// <summary>RTN_ number.</summary>
    public byte Type { get; init; } = RTN_UNICAST;

    /// <summary>RTNH_F_ flags; only <see cref="RTNH_F_ONLINK"/> is ours to set.</summary>
    public uint Flags { get; init; }

    /// <summary>Smaller is preferred; 0 for the kernel's choice.</summary>
    public uint Priority { get; init; }

    /// <summary>Largest packet in bytes; 0 for the interface's.</summary>
    public uint Mtu { get; init; }

    /// <summary>True for IPv6. It follows from the addresses; set it for a default route without any.</summary>
    public bool IsIPv6
    {
        get => field || IsV6(Destination) || IsV6(Gateway) || IsV6(Source);
        init;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string target = Destination is null ? "default" : $"{Destination}/{PrefixLength}";
        return target + (Gateway is null ? string.Empty : $" via {Gateway}") + (LinkIndex == 0 ? string.Empty : $" on link {LinkIndex}");
    }

    private static bool IsV6(IPAddress? address) => address?.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
}
