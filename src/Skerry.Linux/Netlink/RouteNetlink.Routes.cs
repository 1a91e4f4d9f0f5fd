using System.Buffers.Binary;
using static Skerry.Linux.Netlink.NetlinkConstants;

namespace Skerry.Linux.Netlink;

/// <content>Routes.</content>
public sealed partial class RouteNetlink
{
    private const int RouteHeaderBytes = 12;

    /// <summary>The routes of all tables, IPv4 and IPv6, without those the kernel cached.</summary>
    public IReadOnlyList<Route> Routes() =>
    [
        .. RoutesOf(AF_INET, "list IPv4 routes"),
        .. RoutesOf(AF_INET6, "list IPv6 routes"),
    ];

    /// <summary>Adds a route.</summary>
    /// <exception cref="SyscallException">EEXIST; ENETUNREACH: the gateway cannot be reached; EINVAL; ENETDOWN: the interface is down.</exception>
    public void AddRoute(Route route) => Execute(RouteRequest(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, route), $"add route {route}");

    /// <summary>Adds a route, in the place of one to the same destination.</summary>
    /// <exception cref="SyscallException">As for <see cref="AddRoute"/>, without EEXIST.</exception>
    public void ReplaceRoute(Route route) =>
        Execute(RouteRequest(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, route), $"set route {route}");

    /// <summary>Removes a route; false when there was none such.</summary>
    /// <exception cref="SyscallException">EPERM.</exception>
    public bool DeleteRoute(Route route)
    {
        Errno error = TryExecute(RouteRequest(RTM_DELROUTE, NLM_F_ACK, route), out string? reason);
        return error switch
        {
            Errno.None => true,
            Errno.ESRCH => false,
            _ => throw new SyscallException("rtnetlink", $"remove route {route}", error, reason),
        };
    }

    /// <summary>A kernel without IPv6 answers with the routes of every family it has: those are left out.</summary>
    private List<Route> RoutesOf(int family, string subject) => Dump(
        () => RouteRequest(RTM_GETROUTE, NLM_F_DUMP, family),
        subject,
        (type, payload) => payload.Length > 0 && payload[0] == family ? ParseRoute(type, payload) : null);

    private static NetlinkWriter RouteRequest(ushort type, ushort flags, int family) =>
        new NetlinkWriter(type, flags).Byte((byte)family).Byte(0).UInt16(0).UInt32(0).UInt32(0);

    private static NetlinkWriter RouteRequest(ushort type, ushort flags, Route route)
    {
        NetlinkWriter request = new NetlinkWriter(type, flags)
            .Byte(route.IsIPv6 ? (byte)AF_INET6 : (byte)AF_INET)
            .Byte((byte)(route.Destination is null ? 0 : route.PrefixLength)).Byte(0).Byte(0)
            .Byte(route.Table <= byte.MaxValue ? (byte)route.Table : (byte)0)
            .Byte(route.Protocol).Byte(route.Scope).Byte(route.Type).UInt32(route.Flags)
            .Attribute(RTA_TABLE, route.Table);
        Append(request, RTA_DST, route.Destination);
        Append(request, RTA_GATEWAY, route.Gateway);
        Append(request, RTA_PREFSRC, route.Source);
        if (route.LinkIndex != 0)
        {
            request.Attribute(RTA_OIF, (uint)route.LinkIndex);
        }

        if (route.Priority != 0)
        {
            request.Attribute(RTA_PRIORITY, route.Priority);
        }

        if (route.Mtu != 0)
        {
            int metrics = request.BeginNested(RTA_METRICS);
            request.Attribute(RTAX_MTU, route.Mtu).EndNested(metrics);
        }

        return request;
    }

    private static void Append(NetlinkWriter request, ushort type, System.Net.IPAddress? address)
    {
        if (address is not null)
        {
            request.Attribute(type, address.GetAddressBytes());
        }
    }

    private static Route? ParseRoute(ushort type, ReadOnlySpan<byte> payload)
    {
        const uint RTM_F_CLONED = 0x200;
        if (type != RTM_NEWROUTE || payload.Length < RouteHeaderBytes || (BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]) & RTM_F_CLONED) != 0)
        {
            return null;
        }

        var route = new Route
        {
            IsIPv6 = payload[0] == AF_INET6,
            PrefixLength = payload[1],
            Table = payload[4],
            Protocol = payload[5],
            Scope = payload[6],
            Type = payload[7],
            Flags = BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]),
        };
        var attributes = new NetlinkAttributes(payload[RouteHeaderBytes..]);
        while (attributes.Next())
        {
            route = WithAttribute(route, attributes);
        }

        return route;
    }

    private static Route WithAttribute(Route route, NetlinkAttributes attribute) => attribute.Type switch
    {
        RTA_DST => route with { Destination = attribute.Address },
        RTA_GATEWAY => route with { Gateway = attribute.Address },
        RTA_PREFSRC => route with { Source = attribute.Address },
        RTA_OIF => route with { LinkIndex = (int)attribute.UInt32 },
        RTA_PRIORITY => route with { Priority = attribute.UInt32 },
        RTA_TABLE => route with { Table = attribute.UInt32 },
        RTA_METRICS => route with { Mtu = ParseMtu(attribute.Value) },
        _ => route,
    };

    private static uint ParseMtu(ReadOnlySpan<byte> metrics)
    {
        var attributes = new NetlinkAttributes(metrics);
        while (attributes.Next())
        {
            if (attributes.Type == RTAX_MTU)
            {
                return attributes.UInt32;
            }
        }

        return 0;
    }
}
