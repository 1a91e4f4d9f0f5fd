using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Linux.Tests.Netlink;

/// <summary>What drivers say of interfaces, asked of this kernel.</summary>
public sealed class InterfaceDriverTests
{
    [Fact]
    public void AVeth_HasADriverAndNoBus()
    {
        using var space = new TestNamespace();
        space.AddCable("eth0");
        Assert.Equal(new InterfaceDriver("veth", string.Empty), InterfaceDriver.ReadIn(space.Descriptor, "eth0"));
    }

    [Fact]
    public void TheLoopback_SaysNothing()
    {
        using var space = new TestNamespace();
        Assert.Null(InterfaceDriver.ReadIn(space.Descriptor, "lo"));
    }

    [Theory]
    [InlineData("eth7")]
    [InlineData("a-name-that-is-too-long")]
    public void NoInterface_IsAnError(string name)
    {
        using var space = new TestNamespace();
        Assert.Equal(Errno.ENODEV, Assert.Throws<SyscallException>(() => InterfaceDriver.ReadIn(space.Descriptor, name)).Errno);
    }

    /// <summary>Only looks: the card is this machine's way out.</summary>
    [Fact]
    public void ACardOfThisMachine_IsAtItsPciAddress()
    {
        Root.Require();
        using FileDescriptor own = FileDescriptor.Open("/proc/self/ns/net", OpenFlags.O_RDONLY);
        using RouteNetlink netlink = RouteNetlink.Open();
        (string Name, PciAddress Address)[] cards =
        [
            .. netlink.Links().Where(link => link is { IsLoopback: false, Kind: "" })
                .Select(link => (link.Name, Info: InterfaceDriver.ReadIn(own, link.Name)?.BusInfo))
                .Where(each => PciAddress.TryParse(each.Info, out _))
                .Select(each => (each.Name, PciAddress.TryParse(each.Info, out PciAddress address) ? address : default)),
        ];
        Assert.SkipUnless(cards.Length > 0, "this machine has no network card on a PCI bus");
        Assert.All(cards, card => Assert.Contains(card.Name, PciBus.Host[card.Address].Interfaces));
    }

    /// <summary>The kernel has read the whole request when it asks the driver, which has no virtual functions.</summary>
    [Fact]
    public void TheAddressOfAVirtualFunction_IsRefusedByWhatHasNone()
    {
        using var space = new TestNamespace();
        Link link = space.AddCable("eth0");
        SyscallException error = Assert.Throws<SyscallException>(() => space.Netlink.SetVirtualFunctionMac(link.Index, 0, new MacAddress([2, 0, 0, 0, 0, 9])));
        Assert.Equal(Errno.EOPNOTSUPP, error.Errno);
    }
}
