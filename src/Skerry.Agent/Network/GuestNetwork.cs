using Skerry.Core;
using Skerry.Linux.Netlink;
using Skerry.Protocols.Agent;
using KernelRoute = Skerry.Linux.Netlink.Route;

namespace Skerry.Agent.Network;

/// <summary>Gives the guest's interfaces the names, addresses, routes and neighbours that the pod's have on the host.</summary>
/// <remarks>An interface is known by its Ethernet address, since the guest's kernel names it as it likes.</remarks>
internal sealed class GuestNetwork(TimeSpan hotplugLimit)
{
    private const byte MadeByKernel = 2;
    private const byte LinkScope = 253;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    /// <summary>Configures one interface; waits for one that is being plugged.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a wrong address; NotFound when the interface does not appear; else the kernel's refusal.</exception>
    public async Task<Interface> UpdateAsync(Interface wanted, CancellationToken cancellationToken)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        Link link = await FindAsync(netlink, wanted, cancellationToken).ConfigureAwait(false);
        Rename(netlink, link, wanted.Name);
        ReplaceAddresses(netlink, link.Index, [.. wanted.IPAddresses.Select(a => NetworkMessages.ToAddress(a, link.Index))]);
        if (wanted.Mtu is > 0 and <= uint.MaxValue)
        {
            netlink.SetMtu(link.Index, (uint)wanted.Mtu);
        }

        LinkFlags flags = LinkFlags.IFF_UP | ((LinkFlags)wanted.RawFlags & LinkFlags.IFF_NOARP);
        netlink.SetFlags(link.Index, flags, LinkFlags.IFF_UP | LinkFlags.IFF_NOARP);
        return NetworkMessages.FromLink(netlink.Links().First(l => l.Index == link.Index), netlink.Addresses());
    }

    /// <summary>All interfaces with their addresses.</summary>
    public static Interfaces ListInterfaces()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        IReadOnlyList<InterfaceAddress> addresses = netlink.Addresses();
        var message = new Interfaces();
        message.Interfaces_.AddRange(netlink.Links().Select(l => NetworkMessages.FromLink(l, addresses)));
        return message;
    }

    /// <summary>All routes of the main table.</summary>
    public static Routes ListRoutes()
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        return ListRoutes(netlink);
    }

    /// <summary>Replaces the routes that are not the kernel's own; those on the link come first, since gateways are reached through them.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a wrong address; NotFound for an unknown interface; else the kernel's refusal.</exception>
    public static Routes UpdateRoutes(Routes wanted)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        IReadOnlyList<Link> links = netlink.Links();
        KernelRoute[] routes = [.. wanted.Routes_.Select(r => NetworkMessages.ToRoute(r, IndexOf(links, r.Device)))];
        foreach (KernelRoute old in MainTable(netlink).Where(r => r.Protocol != MadeByKernel && !IsLoopback(links, r.LinkIndex)))
        {
            netlink.DeleteRoute(old);
        }

        foreach (KernelRoute route in routes.OrderBy(r => r.Gateway is null && r.Scope == LinkScope ? 0 : r.Gateway is null ? 1 : 2))
        {
            netlink.ReplaceRoute(route);
        }

        return ListRoutes(netlink);
    }

    /// <summary>Enters neighbours.</summary>
    /// <exception cref="SkerryException">InvalidArgument for a wrong address; NotFound for an unknown interface; else the kernel's refusal.</exception>
    public static void AddNeighbors(ARPNeighbors wanted)
    {
        using RouteNetlink netlink = RouteNetlink.Open();
        IReadOnlyList<Link> links = netlink.Links();
        foreach (ARPNeighbor neighbor in wanted.ARPNeighbors_)
        {
            netlink.AddNeighbor(NetworkMessages.ToNeighbor(neighbor, IndexOf(links, neighbor.Device)));
        }
    }

    private async Task<Link> FindAsync(RouteNetlink netlink, Interface wanted, CancellationToken cancellationToken)
    {
        if (!MacAddress.TryParse(wanted.HwAddr, out MacAddress mac))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"hardware address \"{wanted.HwAddr}\" of interface \"{wanted.Name}\" is no Ethernet address");
        }

        return await Polling.FindAsync(() => netlink.FindLink(mac), s_interval, hotplugLimit, cancellationToken).ConfigureAwait(false)
            ?? throw new SkerryException(FailureKind.NotFound, $"no interface with address {mac} after {hotplugLimit.TotalSeconds:0.#} s");
    }

    /// <summary>A link that is up cannot be renamed by older kernels; one of the name that is in the way gets another name.</summary>
    private static void Rename(RouteNetlink netlink, Link link, string name)
    {
        if (name.Length == 0 || link.Name == name)
        {
            return;
        }

        if (netlink.FindLink(name) is { } other)
        {
            netlink.SetDown(other.Index);
            netlink.Rename(other.Index, $"old{other.Index}");
        }

        netlink.SetDown(link.Index);
        netlink.Rename(link.Index, name);
    }

    private static void ReplaceAddresses(RouteNetlink netlink, int index, IReadOnlyList<InterfaceAddress> wanted)
    {
        foreach (InterfaceAddress old in netlink.Addresses().Where(a => a.LinkIndex == index && a.Scope == 0))
        {
            if (!wanted.Any(w => w.Address.Equals(old.Address) && w.PrefixLength == old.PrefixLength))
            {
                netlink.DeleteAddress(old);
            }
        }

        foreach (InterfaceAddress address in wanted)
        {
            netlink.AddAddress(address);
        }
    }

    private static Routes ListRoutes(RouteNetlink netlink)
    {
        Dictionary<int, string> names = netlink.Links().ToDictionary(l => l.Index, l => l.Name);
        var message = new Routes();
        message.Routes_.AddRange(MainTable(netlink).Select(r => NetworkMessages.FromRoute(r, names)));
        return message;
    }

    private static IEnumerable<KernelRoute> MainTable(RouteNetlink netlink) => netlink.Routes().Where(r => r.Table == KernelRoute.RT_TABLE_MAIN);

    private static bool IsLoopback(IReadOnlyList<Link> links, int index) => links.FirstOrDefault(l => l.Index == index)?.IsLoopback ?? false;

    private static int IndexOf(IReadOnlyList<Link> links, string name) => name.Length == 0
        ? 0
        : links.FirstOrDefault(l => l.Name == name)?.Index ?? throw new SkerryException(FailureKind.NotFound, $"there is no interface \"{name}\"");
}
