using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static Skerry.Linux.Netlink.NetlinkConstants;

namespace Skerry.Linux.Netlink;

/// <content>Links.</content>
public sealed partial class RouteNetlink
{
    private const int LinkHeaderBytes = 16;
    private const int MaxNameBytes = 15;

    /// <summary>All interfaces, by index.</summary>
    public IReadOnlyList<Link> Links() =>
        Dump(() => LinkRequest(RTM_GETLINK, NLM_F_DUMP, 0), "list links", (type, payload) => type == RTM_NEWLINK ? ParseLink(payload) : null);

    /// <summary>The interface of that name; null when there is none.</summary>
    public Link? FindLink(string name) => Links().FirstOrDefault(link => link.Name == name);

    /// <summary>The interface with that Ethernet address, the first when several share it; null when there is none.</summary>
    public Link? FindLink(MacAddress mac) => Links().FirstOrDefault(link => link.Mac == mac);

    /// <summary>Switches an interface on.</summary>
    /// <exception cref="SyscallException">ENODEV; EPERM without CAP_NET_ADMIN.</exception>
    public void SetUp(int index) => SetFlags(index, LinkFlags.IFF_UP, LinkFlags.IFF_UP);

    /// <summary>Switches an interface off; the kernel removes its routes.</summary>
    /// <exception cref="SyscallException">ENODEV; EPERM.</exception>
    public void SetDown(int index) => SetFlags(index, LinkFlags.None, LinkFlags.IFF_UP);

    /// <summary>Sets the flags in <paramref name="mask"/> to what they are in <paramref name="flags"/>.</summary>
    /// <exception cref="SyscallException">ENODEV; EPERM.</exception>
    public void SetFlags(int index, LinkFlags flags, LinkFlags mask) =>
        Execute(LinkRequest(RTM_NEWLINK, NLM_F_ACK, index, (uint)flags, (uint)mask), $"set flags {flags} of link {index}");

    /// <summary>Sets the largest packet.</summary>
    /// <exception cref="SyscallException">EINVAL: outside of what the driver can do.</exception>
    public void SetMtu(int index, uint mtu) => Execute(LinkRequest(RTM_NEWLINK, NLM_F_ACK, index).Attribute(IFLA_MTU, mtu), $"set MTU {mtu} of link {index}");

    /// <summary>Sets the Ethernet address; most drivers want the interface down.</summary>
    /// <exception cref="SyscallException">EBUSY: the interface is up; EADDRNOTAVAIL: no unicast address.</exception>
    public void SetMac(int index, MacAddress mac) =>
        Execute(LinkRequest(RTM_NEWLINK, NLM_F_ACK, index).Attribute(IFLA_ADDRESS, mac.ToBytes()), $"set address {mac} of link {index}");

    /// <summary>Renames an interface, which before Linux 6.2 has to be down.</summary>
    /// <exception cref="SyscallException">EEXIST: the name is taken; EBUSY: the interface is up; EINVAL: no valid name.</exception>
    public void Rename(int index, string name) =>
        Execute(LinkRequest(RTM_NEWLINK, NLM_F_ACK, index).Attribute(IFLA_IFNAME, Checked(name)), $"rename link {index} to \"{name}\"");

    /// <summary>Puts an interface into a bridge; 0 takes it out.</summary>
    /// <exception cref="SyscallException">ENODEV; EINVAL: no bridge.</exception>
    public void SetMaster(int index, int masterIndex) =>
        Execute(LinkRequest(RTM_NEWLINK, NLM_F_ACK, index).Attribute(IFLA_MASTER, (uint)masterIndex), $"put link {index} into bridge {masterIndex}");

    /// <summary>Moves an interface to another namespace, where it is down and may get another index.</summary>
    /// <param name="index">The interface.</param>
    /// <param name="networkNamespace">The namespace, as an open file.</param>
    /// <param name="name">Its name there; null for the one it has.</param>
    /// <exception cref="SyscallException">EEXIST: the name is taken there; EINVAL: it cannot leave its namespace.</exception>
    public void Move(int index, SafeHandle networkNamespace, string? name = null)
    {
        bool added = false;
        networkNamespace.DangerousAddRef(ref added);
        try
        {
            uint number = (uint)networkNamespace.DangerousGetHandle();
            NetlinkWriter request = LinkRequest(RTM_NEWLINK, NLM_F_ACK, index).Attribute(IFLA_NET_NS_FD, number);
            Execute(name is null ? request : request.Attribute(IFLA_IFNAME, Checked(name)), $"move link {index} to another namespace");
        }
        finally
        {
            networkNamespace.DangerousRelease();
        }
    }

    /// <summary>Removes an interface; a veth goes with its peer. False when there was none.</summary>
    /// <exception cref="SyscallException">EOPNOTSUPP: hardware, or the loopback.</exception>
    public bool DeleteLink(int index)
    {
        Errno error = TryExecute(LinkRequest(RTM_DELLINK, NLM_F_ACK, index), out string? reason);
        return error switch
        {
            Errno.None => true,
            Errno.ENODEV => false,
            _ => throw new SyscallException("rtnetlink", $"remove link {index}", error, reason),
        };
    }

    private static NetlinkWriter LinkRequest(ushort type, ushort flags, int index, uint linkFlags = 0, uint change = 0) =>
        new NetlinkWriter(type, flags).Byte(AF_UNSPEC).Byte(0).UInt16(0).Int32(index).UInt32(linkFlags).UInt32(change);

    private static string Checked(string name) =>
        System.Text.Encoding.UTF8.GetByteCount(name) is > 0 and <= MaxNameBytes && !name.Contains('/', StringComparison.Ordinal)
            ? name
            : throw new SyscallException("rtnetlink", $"name a link \"{name}\"", Errno.EINVAL, $"a name has 1 to {MaxNameBytes} bytes and no slash");

    private static Link? ParseLink(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < LinkHeaderBytes)
        {
            return null;
        }

        var link = new Link
        {
            HardwareType = BinaryPrimitives.ReadUInt16LittleEndian(payload[2..]),
            Index = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]),
            Flags = (LinkFlags)BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]),
            Name = string.Empty,
        };
        var attributes = new NetlinkAttributes(payload[LinkHeaderBytes..]);
        while (attributes.Next())
        {
            link = WithAttribute(link, attributes);
        }

        return link;
    }

    private static Link WithAttribute(Link link, NetlinkAttributes attribute) => attribute.Type switch
    {
        IFLA_IFNAME => link with { Name = attribute.Text },
        IFLA_ADDRESS => link with { Mac = attribute.Mac },
        IFLA_MTU => link with { Mtu = attribute.UInt32 },
        IFLA_LINK => link with { ParentIndex = (int)attribute.UInt32 },
        IFLA_LINK_NETNSID => link with { ParentIsElsewhere = true },
        IFLA_MASTER => link with { MasterIndex = (int)attribute.UInt32 },
        IFLA_OPERSTATE => link with { OperationalState = attribute.Value.IsEmpty ? (byte)0 : attribute.Value[0] },
        IFLA_NUM_TX_QUEUES => link with { SendQueues = attribute.UInt32 },
        IFLA_NUM_RX_QUEUES => link with { ReceiveQueues = attribute.UInt32 },
        IFLA_LINKINFO => link with { Kind = ParseKind(attribute.Value) },
        IFLA_STATS64 => link with { Counters = ParseCounters(attribute.Value) },
        _ => link,
    };

    private static string ParseKind(ReadOnlySpan<byte> info)
    {
        var attributes = new NetlinkAttributes(info);
        while (attributes.Next())
        {
            if (attributes.Type == IFLA_INFO_KIND)
            {
                return attributes.Text;
            }
        }

        return string.Empty;
    }

    /// <summary>struct rtnl_link_stats64 begins with these eight numbers.</summary>
    private static LinkCounters ParseCounters(ReadOnlySpan<byte> value)
    {
        if (value.Length < 64)
        {
            return default;
        }

        ReadOnlySpan<ulong> numbers = MemoryMarshal.Cast<byte, ulong>(value[..64]);
        return new LinkCounters(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]);
    }
}
