using Skerry.Agent.Network;
using Skerry.Core;
using Skerry.Protocols.Agent;

namespace Skerry.Agent.Tests.Network;

public sealed class NetworkMessagesTests
{
    [Theory]
    [InlineData("10.1.0.0/16", "10.1.0.0", 16, false)]
    [InlineData("10.1.2.3", "10.1.2.3", 32, false)]
    [InlineData("fd00::/8", "fd00::", 8, true)]
    public void ADestination_IsANetwork(string text, string address, int length, bool isIPv6)
    {
        Linux.Netlink.Route route = NetworkMessages.ToRoute(new Route { Dest = text, Family = isIPv6 ? IPFamily.V6 : IPFamily.V4 }, 3);

        Assert.Equal((address, length, isIPv6, 3), (route.Destination!.ToString(), route.PrefixLength, route.IsIPv6, route.LinkIndex));
    }

    [Theory]
    [InlineData("", IPFamily.V4)]
    [InlineData("0.0.0.0/0", IPFamily.V4)]
    [InlineData("::/0", IPFamily.V6)]
    public void TheDefaultRoute_HasNoDestination(string text, IPFamily family)
    {
        Linux.Netlink.Route route = NetworkMessages.ToRoute(new Route { Dest = text, Family = family }, 1);

        Assert.Null(route.Destination);
        Assert.Equal(family == IPFamily.V6, route.IsIPv6);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("somewhere")]
    public void ADestinationThatIsNone_IsRefused(string text) =>
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => NetworkMessages.ToRoute(new Route { Dest = text }, 1)).Kind);

    [Theory]
    [InlineData("10.0.0.1", "")]
    [InlineData("10.0.0.1", "33")]
    [InlineData("10.0.0.1", "255.255.255.0")]
    public void AMaskThatIsNoLength_IsRefused(string address, string mask) =>
        Assert.Throws<SkerryException>(() => NetworkMessages.ToAddress(new IPAddress { Address = address, Mask = mask }, 1));
}
