using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using static Skerry.Linux.Netlink.NetlinkConstants;

namespace Skerry.Linux.Netlink;

/// <content>Addresses.</content>
public sealed partial class RouteNetlink
{
    private const int AddressHeaderBytes = 8;

    /// <summary>The addresses of all interfaces, IPv4 and IPv6.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses() => Dump(
        () => new NetlinkWriter(RTM_GETADDR, NLM_F_DUMP).Byte(AF_UNSPEC).Byte(0).UInt16(0).UInt32(0),
        "list addresses",
        (type, payload) => type == RTM_NEWADDR ? ParseAddress(payload) : null);

    /// <summary>Gives an interface an address; one it has already is kept. IPv6 addresses can be used at once, without a search for duplicates.</summary>
    /// <exception cref="SyscallException">ENODEV; EINVAL: no valid prefix; EACCES: IPv6 is switched off on the interface.</exception>
    public void AddAddress(InterfaceAddress address)
    {
        NetlinkWriter request = AddressRequest(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, address);
        if (address.Address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            request.Attribute(IFA_FLAGS, IFA_F_NODAD);
        }
        else if (address.PrefixLength is > 0 and < 31)
        {
            request.Attribute(IFA_BROADCAST, Broadcast(address.Address, address.PrefixLength));
        }

        Execute(request, $"add address {address.Address}/{address.PrefixLength} to link {address.LinkIndex}");
    }

    /// <summary>Takes an address from an interface; false when it had none such.</summary>
    /// <exception cref="SyscallException">EPERM; ENODEV.</exception>
    public bool DeleteAddress(InterfaceAddress address)
    {
        Errno error = TryExecute(AddressRequest(RTM_DELADDR, NLM_F_ACK, address), out string? reason);
        return error switch
        {
            Errno.None => true,
            Errno.EADDRNOTAVAIL => false,
            _ => throw new SyscallException("rtnetlink", $"remove address {address.Address} from link {address.LinkIndex}", error, reason),
        };
    }

    private static NetlinkWriter AddressRequest(ushort type, ushort flags, InterfaceAddress address)
    {
        byte[] bytes = address.Address.GetAddressBytes();
        return new NetlinkWriter(type, flags)
            .Byte(FamilyOf(bytes)).Byte((byte)address.PrefixLength).Byte(0).Byte(address.Scope).Int32(address.LinkIndex)
            .Attribute(IFA_LOCAL, bytes)
            .Attribute(IFA_ADDRESS, bytes);
    }

    private static byte FamilyOf(byte[] address) => address.Length == 4 ? (byte)AF_INET : (byte)AF_INET6;

    private static byte[] Broadcast(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) | (uint.MaxValue >> prefixLength));
        return bytes;
    }

    /// <summary>IFA_LOCAL is the interface's own address; on a point-to-point link IFA_ADDRESS is the peer's, and IPv6 has only that one.</summary>
    private static InterfaceAddress? ParseAddress(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < AddressHeaderBytes)
        {
            return null;
        }

        IPAddress? local = null;
        IPAddress? address = null;
        var attributes = new NetlinkAttributes(payload[AddressHeaderBytes..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case IFA_LOCAL:
                    local = attributes.Address;
                    break;
                case IFA_ADDRESS:
                    address = attributes.Address;
                    break;
                default:
                    break;
            }
        }

        return (local ?? address) is IPAddress known
            ? new InterfaceAddress(BinaryPrimitives.ReadInt32LittleEndian(payload[4..]), known, payload[1], payload[3])
            : null;
    }
}
