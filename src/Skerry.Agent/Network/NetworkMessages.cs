using System.Globalization;
using Skerry.Core;
using Skerry.Linux.Netlink;
using Skerry.Protocols.Agent;
using RouteMessage = Skerry.Protocols.Agent.Route;
using AddressMessage = Skerry.Protocols.Agent.IPAddress;
using KernelRoute = Skerry.Linux.Netlink.Route;

namespace Skerry.Agent.Network;

/// <summary>Translates between the network messages of the agent's protocol and what the kernel is told.</summary>
internal static class NetworkMessages
{
    /// <summary>The address of an interface; the mask is the number of its bits.</summary>
    /// <exception cref="SkerryException">InvalidArgument for what is no address.</exception>
    public static InterfaceAddress ToAddress(AddressMessage message, int linkIndex)
    {
        System.Net.IPAddress address = ParseAddress(message.Address);
        int most = address.GetAddressBytes().Length * 8;
        bool valid = int.TryParse(message.Mask, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= most;
        return valid
            ? new InterfaceAddress(linkIndex, address, length)
            : throw new SkerryException(FailureKind.InvalidArgument, $"mask \"{message.Mask}\" of address {message.Address} is no number from 0 to {most}");
    }

    /// <summary>An interface as the kernel has it.</summary>
    public static Interface FromLink(Link link, IEnumerable<InterfaceAddress> addresses)
    {
        var message = new Interface
        {
            Device = link.Name,
            Name = link.Name,
            Mtu = link.Mtu,
            HwAddr = link.Mac?.ToString() ?? string.Empty,
            Type = link.Kind,
            RawFlags = (uint)(link.Flags & LinkFlags.IFF_NOARP),
        };
        message.IPAddresses.AddRange(addresses.Where(a => a.LinkIndex == link.Index).Select(a => new AddressMessage
        {
            Family = FamilyOf(a.Address),
            Address = a.Address.ToString(),
            Mask = a.PrefixLength.ToString(CultureInfo.InvariantCulture),
        }));
        return message;
    }

    /// <summary>A route to be made. An empty destination, or a prefix of length 0, is the default route.</summary>
    /// <exception cref="SkerryException">InvalidArgument for what is no address.</exception>
    public static KernelRoute ToRoute(RouteMessage message, int linkIndex)
    {
        (System.Net.IPAddress? destination, int length) = ParsePrefix(message.Dest);
        return new KernelRoute
        {
            Destination = destination,
            PrefixLength = length,
            Gateway = message.Gateway.Length > 0 ? ParseAddress(message.Gateway) : null,
            Source = message.Source.Length > 0 ? ParseAddress(message.Source) : null,
            LinkIndex = linkIndex,
            Scope = (byte)message.Scope,
            Flags = message.Flags & KernelRoute.RTNH_F_ONLINK,
            Mtu = message.Mtu,
            Priority = message.Priority,
            IsIPv6 = message.Family == IPFamily.V6,
        };
    }

    /// <summary>A route as the kernel has it.</summary>
    public static RouteMessage FromRoute(KernelRoute route, IReadOnlyDictionary<int, string> names) => new()
    {
        Dest = route.Destination is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{route.Destination}/{route.PrefixLength}"),
        Gateway = route.Gateway?.ToString() ?? string.Empty,
        Device = names.GetValueOrDefault(route.LinkIndex, string.Empty),
        Source = route.Source?.ToString() ?? string.Empty,
        Scope = route.Scope,
        Family = route.IsIPv6 ? IPFamily.V6 : IPFamily.V4,
        Flags = route.Flags,
        Mtu = route.Mtu,
        Priority = route.Priority,
    };

    /// <summary>A neighbour to be entered.</summary>
    /// <exception cref="SkerryException">InvalidArgument for what is no address.</exception>
    public static Neighbor ToNeighbor(ARPNeighbor message, int linkIndex)
    {
        MacAddress? mac = MacAddress.TryParse(message.Lladdr, out MacAddress parsed) ? parsed : null;
        ushort state = message.State != 0 ? (ushort)message.State : Neighbor.NUD_PERMANENT;
        return new Neighbor(linkIndex, ParseAddress(message.ToIPAddress?.Address ?? string.Empty), mac, state, (byte)message.Flags);
    }

    private static (System.Net.IPAddress? Address, int Length) ParsePrefix(string text)
    {
        if (text.Length == 0)
        {
            return (null, 0);
        }

        string[] parts = text.Split('/');
        System.Net.IPAddress address = ParseAddress(parts[0]);
        int most = address.GetAddressBytes().Length * 8;
        int length = most;
        if (parts.Length > 2 || (parts.Length == 2 && !(int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= most)))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"route destination \"{text}\" is no network", "write it as ADDRESS/BITS");
        }

        return (length == 0 ? null : address, length);
    }

    private static System.Net.IPAddress ParseAddress(string text) => System.Net.IPAddress.TryParse(text, out System.Net.IPAddress? address)
        ? address
        : throw new SkerryException(FailureKind.InvalidArgument, $"\"{text}\" is no IP address");

    private static IPFamily FamilyOf(System.Net.IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? IPFamily.V6 : IPFamily.V4;
}
