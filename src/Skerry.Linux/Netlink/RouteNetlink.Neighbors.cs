using System.Buffers.Binary;
using System.Net;
using static Skerry.Linux.Netlink.NetlinkConstants;

namespace Skerry.Linux.Netlink;

/// <content>Neighbours.</content>
public sealed partial class RouteNetlink
{
    private const int NeighborHeaderBytes = 12;

    /// <summary>The ARP table and its IPv6 counterpart.</summary>
    public IReadOnlyList<Neighbor> Neighbors() => Dump(
        () => new NetlinkWriter(RTM_GETNEIGH, NLM_F_DUMP).Byte(AF_UNSPEC).Byte(0).UInt16(0).Int32(0).UInt16(0).UInt16(0),
        "list neighbours",
        (type, payload) => type == RTM_NEWNEIGH ? ParseNeighbor(payload) : null);

    /// <summary>Enters a neighbour, in the place of one of the same address.</summary>
    /// <exception cref="SyscallException">ENODEV; EINVAL: no Ethernet address where the state needs one; ENETDOWN.</exception>
    public void AddNeighbor(Neighbor neighbor)
    {
        NetlinkWriter request = NeighborRequest(RTM_NEWNEIGH, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, neighbor);
        if (neighbor.Mac is MacAddress mac)
        {
            request.Attribute(NDA_LLADDR, mac.ToBytes());
        }

        Execute(request, $"add neighbour {neighbor.Address} to link {neighbor.LinkIndex}");
    }

    /// <summary>Removes a neighbour; false when there was none such.</summary>
    /// <exception cref="SyscallException">EPERM; ENODEV.</exception>
    public bool DeleteNeighbor(Neighbor neighbor)
    {
        Errno error = TryExecute(NeighborRequest(RTM_DELNEIGH, NLM_F_ACK, neighbor), out string? reason);
        return error switch
        {
            Errno.None => true,
            Errno.ENOENT => false,
            _ => throw new SyscallException("rtnetlink", $"remove neighbour {neighbor.Address} from link {neighbor.LinkIndex}", error, reason),
        };
    }

    private static NetlinkWriter NeighborRequest(ushort type, ushort flags, Neighbor neighbor)
    {
        byte[] address = neighbor.Address.GetAddressBytes();
        return new NetlinkWriter(type, flags)
            .Byte(FamilyOf(address)).Byte(0).UInt16(0).Int32(neighbor.LinkIndex).UInt16(neighbor.State).Byte(neighbor.Flags).Byte(0)
            .Attribute(NDA_DST, address);
    }

    private static Neighbor? ParseNeighbor(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < NeighborHeaderBytes || payload[0] is not (AF_INET or AF_INET6))
        {
            return null;
        }

        IPAddress? address = null;
        MacAddress? mac = null;
        var attributes = new NetlinkAttributes(payload[NeighborHeaderBytes..]);
        while (attributes.Next())
        {
            address = attributes.Type == NDA_DST ? attributes.Address : address;
            mac = attributes.Type == NDA_LLADDR ? attributes.Mac : mac;
        }

        return address is null
            ? null
            : new Neighbor(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), address, mac, BinaryPrimitives.ReadUInt16LittleEndian(payload[8..]), payload[10]);
    }
}
