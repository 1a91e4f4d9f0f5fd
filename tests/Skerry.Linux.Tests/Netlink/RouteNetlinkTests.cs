using System.Net;
using System.Net.Sockets;
using Skerry.Linux.Netlink;

namespace Skerry.Linux.Tests.Netlink;

/// <summary>The kernel's own rtnetlink, in a namespace of each test, with iproute2 as the witness.</summary>
public sealed class RouteNetlinkTests : IDisposable
{
    private readonly TestNamespace _net = new();

    private RouteNetlink Netlink => _net.Netlink;

    public void Dispose() => _net.Dispose();

    [Fact]
    public void NewNamespace_HasOnlyALoopbackThatCanBeSwitchedOn()
    {
        Link loopback = Assert.Single(Netlink.Links(), link => link.IsLoopback);
        Assert.Equal("lo", loopback.Name);
        Assert.False(loopback.IsUp);
        Netlink.SetUp(loopback.Index);
        Assert.True(_net["lo"].IsUp);
        Assert.Contains(Netlink.Addresses(), a => a.LinkIndex == loopback.Index && a.Address.Equals(IPAddress.Loopback) && a.PrefixLength == 8);
        Netlink.SetDown(loopback.Index);
        Assert.False(_net["lo"].IsUp);
    }

    [Fact]
    public void Link_IsRenamedResizedAndGivenAnAddress()
    {
        Netlink.CreateVeth("d0", "d1");
        int index = _net["d0"].Index;
        Assert.True(MacAddress.TryParse("02:00:0a:00:00:01", out MacAddress mac));
        Netlink.SetMac(index, mac);
        Netlink.SetMtu(index, 1450);
        Netlink.Rename(index, "eth0");
        Netlink.SetUp(index);
        Link link = Netlink.FindLink(mac)!;
        Assert.Equal(("eth0", 1450u, index, "veth", true), (link.Name, link.Mtu, link.Index, link.Kind, link.IsUp));
        Assert.Contains("mtu 1450", _net.Run("ip", "link show dev eth0"), StringComparison.Ordinal);
        Assert.Contains("link/ether 02:00:0a:00:00:01", _net.Run("ip", "link show dev eth0"), StringComparison.Ordinal);
        Assert.True(Netlink.DeleteLink(index));
        Assert.False(Netlink.DeleteLink(index));
        Assert.Null(Netlink.FindLink("eth0"));
    }

    [Fact]
    public void Addresses_OfBothFamiliesComeAndGo()
    {
        Link link = _net.AddCable("d0");
        var v4 = new InterfaceAddress(link.Index, IPAddress.Parse("10.1.2.3"), 24);
        var v6 = new InterfaceAddress(link.Index, IPAddress.Parse("fd00::3"), 64);
        Netlink.AddAddress(v4);
        Netlink.AddAddress(v4);
        Netlink.AddAddress(v6);
        Assert.Contains(v4, Netlink.Addresses());
        Assert.Contains(v6, Netlink.Addresses());
        string shown = _net.Run("ip", "address show dev d0");
        Assert.Contains("inet 10.1.2.3/24 brd 10.1.2.255 scope global d0", shown, StringComparison.Ordinal);
        Assert.Contains("inet6 fd00::3/64 scope global nodad", shown, StringComparison.Ordinal);
        Assert.True(Netlink.DeleteAddress(v4));
        Assert.False(Netlink.DeleteAddress(v4));
        Assert.True(Netlink.DeleteAddress(v6));
        Assert.DoesNotContain(v4, Netlink.Addresses());
    }

    [Fact]
    public void Routes_OfEveryKindAContainerManagerWrites()
    {
        Link link = _net.AddCable("d0");
        Netlink.AddAddress(new InterfaceAddress(link.Index, IPAddress.Parse("10.1.2.3"), 32));
        Netlink.AddAddress(new InterfaceAddress(link.Index, IPAddress.Parse("fd00::3"), 64));
        IPAddress gateway = IPAddress.Parse("169.254.1.1");
        Netlink.AddRoute(new Route { Destination = gateway, PrefixLength = 32, LinkIndex = link.Index, Scope = Route.RT_SCOPE_LINK });
        Netlink.AddRoute(new Route { Gateway = gateway, LinkIndex = link.Index, Mtu = 1400 });
        Netlink.AddRoute(new Route { Destination = IPAddress.Parse("10.9.0.0"), PrefixLength = 16, LinkIndex = link.Index, Source = IPAddress.Parse("10.1.2.3"), Scope = Route.RT_SCOPE_LINK, Priority = 77 });
        Netlink.AddRoute(new Route { Destination = IPAddress.Parse("10.8.0.0"), PrefixLength = 16, Gateway = IPAddress.Parse("10.7.7.7"), LinkIndex = link.Index, Flags = Route.RTNH_F_ONLINK });
        Netlink.AddRoute(new Route { IsIPv6 = true, Gateway = IPAddress.Parse("fd00::1"), LinkIndex = link.Index });
        string v4 = _net.Run("ip", "route show");
        Assert.Contains("default via 169.254.1.1 dev d0 mtu 1400", v4, StringComparison.Ordinal);
        Assert.Contains("169.254.1.1 dev d0 scope link", v4, StringComparison.Ordinal);
        Assert.Contains("10.9.0.0/16 dev d0 scope link src 10.1.2.3 metric 77", v4, StringComparison.Ordinal);
        Assert.Contains("10.8.0.0/16 via 10.7.7.7 dev d0 onlink", v4, StringComparison.Ordinal);
        Assert.Contains("default via fd00::1 dev d0", _net.Run("ip", "-6 route show"), StringComparison.Ordinal);

        IReadOnlyList<Route> routes = Netlink.Routes();
        Route byDefault = Assert.Single(routes, r => r.Destination is null && !r.IsIPv6 && r.Table == Route.RT_TABLE_MAIN);
        Assert.Equal((gateway, 1400u, link.Index), (byDefault.Gateway, byDefault.Mtu, byDefault.LinkIndex));
        Route withSource = Assert.Single(routes, r => r.Priority == 77);
        Assert.Equal((IPAddress.Parse("10.1.2.3"), Route.RT_SCOPE_LINK, 16), (withSource.Source, withSource.Scope, withSource.PrefixLength));
        Assert.Single(routes, r => r.IsIPv6 && r.Destination is null && IPAddress.Parse("fd00::1").Equals(r.Gateway));

        Assert.True(Netlink.DeleteRoute(byDefault));
        Assert.False(Netlink.DeleteRoute(byDefault));
    }

    [Fact]
    public void RouteThatExists_IsRefusedButCanBeReplaced()
    {
        Link link = _net.AddCable("d0");
        var route = new Route { Destination = IPAddress.Parse("10.5.0.0"), PrefixLength = 16, LinkIndex = link.Index, Scope = Route.RT_SCOPE_LINK };
        Netlink.AddRoute(route);
        Assert.Equal(Errno.EEXIST, Assert.Throws<SyscallException>(() => Netlink.AddRoute(route)).Errno);
        Netlink.ReplaceRoute(route with { Mtu = 1000 });
        Assert.Equal(1000u, Assert.Single(Netlink.Routes(), r => route.Destination.Equals(r.Destination)).Mtu);
    }

    [Fact]
    public void UnreachableGateway_ErrorNamesTheRouteAndTheKernelsReason()
    {
        Link link = _net.AddCable("d0");
        var error = Assert.Throws<SyscallException>(() => Netlink.AddRoute(new Route { Gateway = IPAddress.Parse("10.3.3.3"), LinkIndex = link.Index }));
        Assert.Equal(Errno.ENETUNREACH, error.Errno);
        Assert.Contains("default via 10.3.3.3", error.Message, StringComparison.Ordinal);
        Assert.Contains("invalid gateway", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Neighbors_AreEnteredListedAndRemoved()
    {
        Link link = _net.AddCable("d0");
        Assert.True(MacAddress.TryParse("02:00:00:00:00:99", out MacAddress mac));
        var v4 = new Neighbor(link.Index, IPAddress.Parse("10.1.2.9"), mac);
        var v6 = new Neighbor(link.Index, IPAddress.Parse("fd00::9"), mac);
        Netlink.AddNeighbor(v4);
        Netlink.AddNeighbor(v6);
        Assert.Contains(v4, Netlink.Neighbors());
        Assert.Contains(v6, Netlink.Neighbors());
        Assert.Contains("10.1.2.9 dev d0 lladdr 02:00:00:00:00:99 PERMANENT", _net.Run("ip", "neighbour show"), StringComparison.Ordinal);
        Assert.True(Netlink.DeleteNeighbor(v4));
        Assert.False(Netlink.DeleteNeighbor(v4));
    }

    [Fact]
    public void VethPair_JoinsTwoNamespaces()
    {
        using var other = new TestNamespace();
        Netlink.CreateVeth("left", "right", other.Descriptor);
        Link left = _net["left"];
        Link right = other["right"];
        Assert.Equal("veth", left.Kind);
        Assert.Equal(right.Index, left.ParentIndex);
        Assert.True(left.ParentIsElsewhere);
        Netlink.SetUp(left.Index);
        other.Netlink.SetUp(right.Index);
        Netlink.AddAddress(new InterfaceAddress(left.Index, IPAddress.Parse("10.4.0.1"), 24));
        other.Netlink.AddAddress(new InterfaceAddress(right.Index, IPAddress.Parse("10.4.0.2"), 24));
        Socket listener = NetworkNamespace.Run(other.Descriptor, () => Bound(SocketType.Stream, "10.4.0.2"));
        listener.Listen();
        using Socket client = NetworkNamespace.Run(_net.Descriptor, () => Bound(SocketType.Stream, "10.4.0.1"));
        client.Connect(listener.LocalEndPoint!);
        using Socket server = listener.Accept();
        server.Send([42]);
        var buffer = new byte[1];
        Assert.Equal(1, client.Receive(buffer));
        listener.Dispose();
        Assert.True(_net["left"].Counters.SentPackets > 0);
    }

    [Fact]
    public void Bridge_TakesPortsAndMacvlanStandsOnALink()
    {
        Netlink.CreateBridge("br0");
        Link port = _net.AddCable("d0");
        Netlink.SetMaster(port.Index, _net["br0"].Index);
        Assert.Equal(_net["br0"].Index, _net["d0"].MasterIndex);
        Netlink.SetMaster(port.Index, 0);
        Assert.Equal(0, _net["d0"].MasterIndex);
        Netlink.CreateMacvlan("mv0", port.Index);
        Assert.Equal(("macvlan", port.Index), (_net["mv0"].Kind, _net["mv0"].ParentIndex));
        Netlink.CreateMacvtap("mt0", port.Index);
        Assert.Equal("macvtap", _net["mt0"].Kind);
    }

    [Fact]
    public void Link_MovesToAnotherNamespace()
    {
        using var other = new TestNamespace();
        Netlink.CreateVeth("d0", "d1");
        Netlink.Move(_net["d0"].Index, other.Descriptor);
        Assert.Null(Netlink.FindLink("d0"));
        Assert.NotNull(other.Netlink.FindLink("d0"));
    }

    [Fact]
    public void HundredLinks_AreAllListed()
    {
        for (int i = 0; i < 100; i++)
        {
            Netlink.CreateVeth($"d{i}", $"p{i}");
        }

        Assert.Equal(200, Netlink.Links().Count(link => link.Kind == "veth"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a-name-of-16-byt")]
    public void BadName_IsRefused(string name) => Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => Netlink.CreateVeth(name, "p")).Errno);

    [Fact]
    public void MissingLink_ErrorSaysNoSuchDevice() =>
        Assert.Equal(Errno.ENODEV, Assert.Throws<SyscallException>(() => Netlink.SetUp(4711)).Errno);

    [Fact]
    public void FileThatIsNoNamespace_IsRefused()
    {
        using FileDescriptor file = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => RouteNetlink.OpenIn(file)).Errno);
    }

    [Fact]
    public void WorkInANamespace_LeavesTheCallerWhereItIs()
    {
        string before = new FileInfo("/proc/thread-self/ns/net").LinkTarget!;
        string inside = NetworkNamespace.Run(_net.Descriptor, () => new FileInfo("/proc/thread-self/ns/net").LinkTarget!);
        Assert.NotEqual(before, inside);
        Assert.Equal(before, new FileInfo("/proc/thread-self/ns/net").LinkTarget);
    }

    private static Socket Bound(SocketType type, string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return socket;
    }
}
