using Skerry.Core;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;
using Skerry.Linux.Tests.Pci;
using Skerry.Protocols.Agent;
using IPAddress = System.Net.IPAddress;
using Route = Skerry.Linux.Netlink.Route;

namespace Skerry.Sandbox.Tests.Network;

/// <summary>What of a namespace's tables goes to the guest.</summary>
public sealed class NetworkScanTests
{
    private static readonly IPAddress Gateway = IPAddress.Parse("169.254.1.1");

    [Fact]
    public void Interfaces_KeepNameAddressMtuAndOrder()
    {
        NetworkScan scan = NetworkScan.From(
            [Link(1, "lo", kind: "") with { Flags = LinkFlags.IFF_UP | LinkFlags.IFF_LOOPBACK, HardwareType = 772 }, Link(9, "net1", "macvlan"), Link(3, "eth0") with { Mtu = 1450 }],
            [Address(3, "10.0.0.5", 24), Address(3, "fd00::5", 64), Address(3, "fe80::1", 64), Address(9, "10.9.0.1", 32)],
            [],
            []);

        Assert.Equal(["eth0", "net1"], scan.Endpoints.Select(endpoint => endpoint.Name));
        Interface message = GuestNetworkMessages.ToInterface(scan.Endpoints[0]);
        Assert.Equal(("eth0", 1450ul, "02:00:00:00:00:03"), (message.Name, message.Mtu, message.HwAddr));
        Assert.Equal(["10.0.0.5/24", "fd00::5/64"], message.IPAddresses.Select(address => $"{address.Address}/{address.Mask}"));
        Assert.Equal([IPFamily.V4, IPFamily.V6], message.IPAddresses.Select(address => address.Family));
    }

    [Fact]
    public void DeviceOfEveryNamespace_ThatIsDownWithoutAddress_IsLeftAlone()
    {
        NetworkScan scan = NetworkScan.From([Link(2, "tunl0", "ipip") with { Flags = 0, HardwareType = 768, Mac = null }, Link(4, "spare") with { Flags = 0 }], [], [], []);
        Assert.Empty(scan.Endpoints);
    }

    [Fact]
    public void AnInterfaceThatIsDownButHasAnAddress_IsHandedOver() =>
        Assert.Single(NetworkScan.From([Link(4, "eth0") with { Flags = 0 }], [Address(4, "10.0.0.5", 24)], [], []).Endpoints);

    [Fact]
    public void Routes_ThroughAGatewayComeLast_AndTheKernelsOwnAreLeftOut()
    {
        Route[] routes =
        [
            new() { Gateway = Gateway, LinkIndex = 3 },
            new() { Destination = IPAddress.Parse("10.0.0.0"), PrefixLength = 24, LinkIndex = 3, Protocol = 2, Scope = Route.RT_SCOPE_LINK },
            new() { IsIPv6 = true, Gateway = IPAddress.Parse("fe80::1"), LinkIndex = 3 },
            new() { Destination = IPAddress.Parse("10.3.0.0"), PrefixLength = 16, LinkIndex = 3, Priority = 50 },
            new() { Destination = Gateway, PrefixLength = 32, LinkIndex = 3, Scope = Route.RT_SCOPE_LINK },
            new() { Destination = IPAddress.Parse("10.4.0.0"), PrefixLength = 16, LinkIndex = 3, Table = 100 },
            new() { Destination = IPAddress.Parse("10.5.0.0"), PrefixLength = 16, LinkIndex = 77 },
            new() { Destination = IPAddress.Parse("10.6.0.0"), PrefixLength = 16, LinkIndex = 3, Type = 7 },
        ];
        Routes message = GuestNetworkMessages.ToRoutes(NetworkScan.From([Link(3, "eth0")], [], routes, []));
        Assert.Equal(
            ["169.254.1.1/32  eth0 253", "10.3.0.0/16  eth0 0", " 169.254.1.1 eth0 0", " fe80::1 eth0 0"],
            message.Routes_.Select(route => $"{route.Dest} {route.Gateway} {route.Device} {route.Scope}"));
        Assert.Equal([IPFamily.V4, IPFamily.V4, IPFamily.V4, IPFamily.V6], message.Routes_.Select(route => route.Family));
        Assert.Equal(50u, message.Routes_[1].Priority);
    }

    [Fact]
    public void OnlyPermanentNeighbors_GoToTheGuest()
    {
        MacAddress mac = new([2, 0, 0, 0, 0, 9]);
        NetworkScan scan = NetworkScan.From(
            [Link(3, "eth0")], [], [],
            [new Neighbor(3, Gateway, mac), new Neighbor(3, Gateway, mac, Neighbor.NUD_STALE), new Neighbor(8, Gateway, mac), new Neighbor(3, Gateway, null)]);
        ARPNeighbor message = Assert.Single(GuestNetworkMessages.ToNeighbors(scan).ARPNeighbors_);
        Assert.Equal(("169.254.1.1", "eth0", "02:00:00:00:00:09", 0x80), (message.ToIPAddress.Address, message.Device, message.Lladdr, message.State));
    }

    [Theory]
    [InlineData("veth", EndpointKindName.Redirected)]
    [InlineData("macvlan", EndpointKindName.Redirected)]
    [InlineData("ipvlan", EndpointKindName.Redirected)]
    [InlineData("netkit", EndpointKindName.Redirected)]
    [InlineData("macvtap", EndpointKindName.Macvtap)]
    [InlineData("tun", EndpointKindName.Tap)]
    public void EveryKindOfAPlugin_IsKnown(string kind, string expected) =>
        Assert.Equal(expected, Assert.Single(NetworkScan.From([Link(3, "eth0", kind)], [], [], []).Endpoints).Kind.ToString());

    [Theory]
    [InlineData("", (ushort)1, "hardware that is no device of its own on the PCI bus")]
    [InlineData("", (ushort)32, "no Ethernet frames")]
    [InlineData("wireguard", (ushort)65534, "no Ethernet frames")]
    [InlineData("tun", (ushort)65534, "no Ethernet frames")]
    [InlineData("bridge", (ushort)1, "not known")]
    public void AnInterfaceThatCannotBeHandedOver_IsRefusedByName(string kind, ushort hardwareType, string words)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => NetworkScan.From([Link(3, "eth0", kind) with { HardwareType = hardwareType }], [], [], []));
        Assert.Contains("\"eth0\"", error.Message, StringComparison.Ordinal);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("veth", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void AnInterfaceOfAPciDevice_IsHardware_ApartFromTheRest()
    {
        PciAddress at = FakePci.At("0000:3b:02.1");
        Route[] routes = [new() { Gateway = Gateway, LinkIndex = 5 }, new() { Destination = Gateway, PrefixLength = 32, LinkIndex = 3, Scope = Route.RT_SCOPE_LINK }];
        NetworkScan scan = NetworkScan.From(
            [Link(3, "eth0"), Link(5, "net1", kind: "") with { Mtu = 9000 }], [Address(5, "10.9.0.5", 24)], routes, [new Neighbor(5, Gateway, Link(9, "x").Mac)], _ => at);

        Assert.Equal(["eth0"], scan.WithoutHardware().Endpoints.Select(endpoint => endpoint.Name));
        NetworkScan hardware = scan.Hardware();
        Endpoint endpoint = Assert.Single(hardware.Endpoints);
        Assert.Equal((-5, "net1", EndpointKind.Hardware, at, 9000u), (endpoint.Index, endpoint.Name, endpoint.Kind, endpoint.Pci!.Value, endpoint.Mtu));
        Assert.Equal("02:00:00:00:00:05", GuestNetworkMessages.ToInterface(endpoint).HwAddr);

        // Another interface has the number by now: routes and neighbours still go where they belong.
        NetworkScan later = NetworkScan.From([Link(3, "eth0"), Link(5, "net2")], [], routes[1..], []).With(hardware);
        Assert.Equal(["169.254.1.1/32  eth0", " 169.254.1.1 net1"], GuestNetworkMessages.ToRoutes(later).Routes_.Select(route => $"{route.Dest} {route.Gateway} {route.Device}"));
        Assert.Equal("net1", Assert.Single(GuestNetworkMessages.ToNeighbors(later).ARPNeighbors_).Device);
    }

    [Fact]
    public void AVirtualInterface_IsNoHardware_WhateverItsDriverSays() =>
        Assert.Equal(EndpointKind.Redirected, Assert.Single(NetworkScan.From([Link(3, "eth0", "macvlan")], [], [], [], _ => FakePci.At("0000:3b:02.1")).Endpoints).Kind);

    [Fact]
    public void TwoInterfacesWithOneEthernetAddress_AreBothNamed()
    {
        SkerryException error = Assert.Throws<SkerryException>(() =>
            NetworkScan.From([Link(3, "eth0"), Link(4, "net1") with { Mac = Link(3, "x").Mac }], [], [], []));
        Assert.Contains("\"eth0\" and \"net1\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("02:00:00:00:00:03", error.Message, StringComparison.Ordinal);
    }

    private static Link Link(int index, string name, string kind = "veth") => new()
    {
        Index = index,
        Name = name,
        Kind = kind,
        Mac = new MacAddress([2, 0, 0, 0, 0, (byte)index]),
        Mtu = 1500,
        Flags = LinkFlags.IFF_UP,
        HardwareType = 1,
    };

    private static InterfaceAddress Address(int link, string address, int prefix) => new(link, IPAddress.Parse(address), prefix);

    private static class EndpointKindName
    {
        internal const string Redirected = nameof(EndpointKind.Redirected);
        internal const string Macvtap = nameof(EndpointKind.Macvtap);
        internal const string Tap = nameof(EndpointKind.Tap);
    }
}
