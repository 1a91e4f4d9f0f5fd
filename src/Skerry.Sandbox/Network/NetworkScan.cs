using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>What a pod's network namespace holds that concerns the guest. Taken from kernel tables by a pure function, so that tests need no namespace.</summary>
/// <param name="Endpoints">Interfaces to hand over, by index.</param>
/// <param name="Routes">Routes of the main table through them that the kernel did not make itself, in an order in which they can be made.</param>
/// <param name="Neighbors">Permanent neighbours on them.</param>
internal sealed record NetworkScan(IReadOnlyList<Endpoint> Endpoints, IReadOnlyList<Route> Routes, IReadOnlyList<Neighbor> Neighbors)
{
    /// <summary>A namespace with nothing to hand over.</summary>
    internal static readonly NetworkScan Empty = new([], [], []);

    private const ushort Ethernet = 1;
    private const byte MadeByKernel = 2;
    private const byte ScopeLink = 253;

    /// <summary>Kinds of interfaces that traffic control can redirect.</summary>
    private static readonly string[] Redirectable = ["veth", "macvlan", "ipvlan", "vlan", "netkit", "dummy"];

    /// <summary>Reads a namespace.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="netlink">A way into it.</param>
    /// <param name="ours">Indexes of links to leave out.</param>
    /// <param name="lent">Ethernet addresses of links that lent theirs to a macvtap of ours.</param>
    /// <exception cref="SkerryException">As for <see cref="From"/>.</exception>
    internal static NetworkScan Read(FileDescriptor space, RouteNetlink netlink, IReadOnlySet<int> ours, IReadOnlyDictionary<int, MacAddress> lent)
    {
        IEnumerable<Link> links = netlink.Links()
            .Where(link => !ours.Contains(link.Index))
            .Select(link => lent.TryGetValue(link.Index, out MacAddress mac) ? link with { Mac = mac } : link);
        return From([.. links], netlink.Addresses(), netlink.Routes(), netlink.Neighbors(), link => PciOf(space, link));
    }

    /// <summary>Chooses from the kernel's tables. Interfaces that are down and have no address are left alone: many kernels make such in every namespace.</summary>
    /// <param name="links">Interfaces.</param>
    /// <param name="addresses">Their addresses.</param>
    /// <param name="routes">Routes of all tables.</param>
    /// <param name="neighbors">Neighbours of all kinds.</param>
    /// <param name="pciOf">Where on the PCI bus an interface is that is of no virtual kind; null when on none.</param>
    /// <exception cref="SkerryException">FailedPrecondition for an interface that cannot be handed over, or two with one Ethernet address.</exception>
    internal static NetworkScan From(
        IReadOnlyList<Link> links, IReadOnlyList<InterfaceAddress> addresses, IReadOnlyList<Route> routes, IReadOnlyList<Neighbor> neighbors, Func<Link, PciAddress?>? pciOf = null)
    {
        ILookup<int, InterfaceAddress> byLink = addresses.Where(IsHandedOver).ToLookup(address => address.LinkIndex);
        Endpoint[] endpoints =
        [
            .. links.Where(link => !link.IsLoopback && (link.IsUp || byLink[link.Index].Any()))
                .OrderBy(link => link.Index)
                .Select(link => ToEndpoint(link, [.. byLink[link.Index]], link.Kind.Length == 0 ? pciOf?.Invoke(link) : null)),
        ];
        RequireDistinctAddresses(endpoints);
        HashSet<int> indexes = [.. endpoints.Select(endpoint => endpoint.Index)];
        return new NetworkScan(
            endpoints,
            [.. routes.Where(route => IsHandedOver(route) && indexes.Contains(route.LinkIndex)).OrderBy(Rank)],
            [.. neighbors.Where(neighbor => indexes.Contains(neighbor.LinkIndex) && neighbor.State == Neighbor.NUD_PERMANENT && neighbor.Mac is not null)]);
    }

    /// <summary>The name of an interface by its index.</summary>
    internal string NameOf(int index) => Endpoints.First(endpoint => endpoint.Index == index).Name;

    /// <summary>What concerns the interfaces with these indexes only.</summary>
    internal NetworkScan Only(IReadOnlySet<int> indexes) => new(
        [.. Endpoints.Where(endpoint => indexes.Contains(endpoint.Index))],
        [.. Routes.Where(route => indexes.Contains(route.LinkIndex))],
        [.. Neighbors.Where(neighbor => indexes.Contains(neighbor.LinkIndex))]);

    /// <summary>What concerns no hardware.</summary>
    internal NetworkScan WithoutHardware() => Only(endpoint => endpoint.Kind != EndpointKind.Hardware);

    /// <summary>What concerns hardware only. Its numbers are negative: when it has left the namespace, others there get those it had.</summary>
    internal NetworkScan Hardware()
    {
        NetworkScan scan = Only(endpoint => endpoint.Kind == EndpointKind.Hardware);
        return new NetworkScan(
            [.. scan.Endpoints.Select(endpoint => endpoint with { Index = -endpoint.Index })],
            [.. scan.Routes.Select(route => route with { LinkIndex = -route.LinkIndex })],
            [.. scan.Neighbors.Select(neighbor => neighbor with { LinkIndex = -neighbor.LinkIndex })]);
    }

    /// <summary>Both together, in an order in which the routes can be made.</summary>
    internal NetworkScan With(NetworkScan other) => new(
        [.. Endpoints, .. other.Endpoints], [.. Routes.Concat(other.Routes).OrderBy(Rank)], [.. Neighbors, .. other.Neighbors]);

    private NetworkScan Only(Func<Endpoint, bool> wanted) => Only(Endpoints.Where(wanted).Select(endpoint => endpoint.Index).ToHashSet());

    private static PciAddress? PciOf(FileDescriptor space, Link link) =>
        PciAddress.TryParse(InterfaceDriver.ReadIn(space, link.Name)?.BusInfo, out PciAddress address) ? address : null;

    private static Endpoint ToEndpoint(Link link, IReadOnlyList<InterfaceAddress> addresses, PciAddress? pci)
    {
        EndpointKind kind = KindOf(link, pci);
        MacAddress mac = link.Mac ?? throw Refuse(link, "it has no Ethernet address");
        return new Endpoint(link.Index, link.Name, kind, link.Kind, mac, link.Mtu, link.Flags.HasFlag(LinkFlags.IFF_NOARP), addresses) { Pci = pci };
    }

    private static EndpointKind KindOf(Link link, PciAddress? pci) => link.Kind switch
    {
        _ when link.HardwareType != Ethernet => throw Refuse(link, "it carries no Ethernet frames"),
        "macvtap" or "ipvtap" => EndpointKind.Macvtap,
        "tun" => EndpointKind.Tap,
        "" when pci is not null => EndpointKind.Hardware,
        "" => throw Refuse(link, "it is hardware that is no device of its own on the PCI bus"),
        string kind when Redirectable.Contains(kind) => EndpointKind.Redirected,
        _ => throw Refuse(link, "this kind is not known"),
    };

    private static SkerryException Refuse(Link link, string reason) => new(
        FailureKind.FailedPrecondition,
        $"interface \"{link.Name}\" ({(link.Kind.Length == 0 ? "hardware" : link.Kind)}) of the pod's network namespace cannot be handed to the guest: {reason}",
        "use a network plugin that makes a veth, macvlan, ipvlan, macvtap or tap, or remove the interface before the sandbox starts");

    private static void RequireDistinctAddresses(IEnumerable<Endpoint> endpoints)
    {
        if (endpoints.GroupBy(endpoint => endpoint.Mac).FirstOrDefault(group => group.Count() > 1) is { } twins)
        {
            throw new SkerryException(
                FailureKind.FailedPrecondition,
                $"interfaces {string.Join(" and ", twins.Select(endpoint => $"\"{endpoint.Name}\"").Order(StringComparer.Ordinal))} of the pod's network namespace have the same Ethernet address {twins.Key}, by which the guest tells them apart",
                "give each interface an address of its own");
        }
    }

    private static bool IsHandedOver(InterfaceAddress address) => !address.Address.IsIPv6LinkLocal;

    private static bool IsHandedOver(Route route) =>
        route.Table == Route.RT_TABLE_MAIN && route.Type == Route.RTN_UNICAST && route.Protocol != MadeByKernel;

    /// <summary>A gateway is reached through a route on the link, so those come first.</summary>
    private static int Rank(Route route) => (route.Gateway, route.Scope) switch
    {
        (null, ScopeLink) => 0,
        (null, _) => 1,
        _ => 2,
    };
}
