using System.Globalization;
using System.Net.Sockets;
using Skerry.Hypervisor;
using Skerry.Linux.Netlink;
using Skerry.Protocols.Agent;
using AddressMessage = Skerry.Protocols.Agent.IPAddress;
using KernelRoute = Skerry.Linux.Netlink.Route;
using RouteMessage = Skerry.Protocols.Agent.Route;

namespace Skerry.Sandbox;

/// <summary>What a scan found, as the messages by which the agent configures the guest alike.</summary>
internal static class GuestNetworkMessages
{
    private const string UserInterface = "eth0";

    /// <summary>An interface; the agent finds it by its Ethernet address.</summary>
    internal static Interface ToInterface(Endpoint endpoint)
    {
        var message = new Interface
        {
            Device = endpoint.Name,
            Name = endpoint.Name,
            Mtu = endpoint.Mtu,
            HwAddr = endpoint.Mac.ToString(),
            Type = endpoint.Driver,
            RawFlags = endpoint.NoArp ? (uint)LinkFlags.IFF_NOARP : 0,
        };
        message.IPAddresses.Add(endpoint.Addresses.Select(address => ToAddress(address.Address, address.PrefixLength)));
        return message;
    }

    /// <summary>All routes.</summary>
    internal static Routes ToRoutes(NetworkScan scan)
    {
        var message = new Routes();
        message.Routes_.Add(scan.Routes.Select(route => ToRoute(route, scan.NameOf(route.LinkIndex))));
        return message;
    }

    /// <summary>All neighbours.</summary>
    internal static ARPNeighbors ToNeighbors(NetworkScan scan)
    {
        var message = new ARPNeighbors();
        message.ARPNeighbors_.Add(scan.Neighbors.Select(neighbor => new ARPNeighbor
        {
            ToIPAddress = ToAddress(neighbor.Address, neighbor.Address.GetAddressBytes().Length * 8),
            Device = scan.NameOf(neighbor.LinkIndex),
            Lladdr = neighbor.Mac?.ToString() ?? string.Empty,
            State = neighbor.State,
            Flags = neighbor.Flags,
        }));
        return message;
    }

    /// <summary>The interface of a network that the VMM makes itself.</summary>
    internal static Interface ToUserInterface(MacAddress mac)
    {
        var message = new Interface { Device = UserInterface, Name = UserInterface, HwAddr = mac.ToString(), Mtu = 1500 };
        message.IPAddresses.Add(ToAddress(System.Net.IPAddress.Parse(UserNetwork.GuestAddress), UserNetwork.PrefixLength));
        return message;
    }

    /// <summary>Its way out.</summary>
    internal static Routes ToUserRoutes()
    {
        var message = new Routes();
        message.Routes_.Add(new RouteMessage { Gateway = UserNetwork.Gateway, Device = UserInterface });
        return message;
    }

    private static RouteMessage ToRoute(KernelRoute route, string device) => new()
    {
        Dest = route.Destination is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{route.Destination}/{route.PrefixLength}"),
        Gateway = route.Gateway?.ToString() ?? string.Empty,
        Device = device,
        Source = route.Source?.ToString() ?? string.Empty,
        Scope = route.Scope,
        Family = route.IsIPv6 ? IPFamily.V6 : IPFamily.V4,
        Flags = route.Flags & KernelRoute.RTNH_F_ONLINK,
        Mtu = route.Mtu,
        Priority = route.Priority,
    };

    private static AddressMessage ToAddress(System.Net.IPAddress address, int prefixLength) => new()
    {
        Family = address.AddressFamily == AddressFamily.InterNetworkV6 ? IPFamily.V6 : IPFamily.V4,
        Address = address.ToString(),
        Mask = prefixLength.ToString(CultureInfo.InvariantCulture),
    };
}
