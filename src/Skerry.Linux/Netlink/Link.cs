namespace Skerry.Linux.Netlink;

/// <summary>A network interface.</summary>
public sealed record Link
{
    /// <summary>Its number in its namespace.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its Ethernet address; null where it has none.</summary>
    public MacAddress? Mac { get; init; }

    /// <summary>Largest packet in bytes, without the link's header.</summary>
    public uint Mtu { get; init; }

    /// <summary>IFF_ flags.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>The driver's kind, as in "veth" or "tun"; empty for hardware and the loopback.</summary>
    public string Kind { get; init; } = string.Empty;

    /// <summary>ARPHRD_ number: 1 is Ethernet, 772 the loopback.</summary>
    public ushort HardwareType { get; init; }

    /// <summary>Index of the link beneath, or of a veth's peer, which may be in another namespace; 0 for none.</summary>
    public int ParentIndex { get; init; }

    /// <summary>True when <see cref="ParentIndex"/> is an index of another namespace.</summary>
    public bool ParentIsElsewhere { get; init; }

    /// <summary>Index of the bridge it belongs to; 0 for none.</summary>
    public int MasterIndex { get; init; }

    /// <summary>Operational state by RFC 2863: 6 is up, 2 is down, 0 is unknown.</summary>
    public byte OperationalState { get; init; }

    /// <summary>Queues for sending.</summary>
    public uint SendQueues { get; init; }

    /// <summary>Queues for receiving.</summary>
    public uint ReceiveQueues { get; init; }

    /// <summary>Counters.</summary>
    public LinkCounters Counters { get; init; }

    /// <summary>True when it is switched on.</summary>
    public bool IsUp => Flags.HasFlag(LinkFlags.IFF_UP);

    /// <summary>True for the loopback.</summary>
    public bool IsLoopback => Flags.HasFlag(LinkFlags.IFF_LOOPBACK);
}
