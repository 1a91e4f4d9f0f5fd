using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;
using Skerry.Linux.Tests.Pci;

namespace Skerry.Sandbox.Tests.Network;

/// <summary>The way back of an interface, in two real namespaces; a veth is what the driver makes.</summary>
public sealed class InterfaceReturnTests : IDisposable
{
    private const string Address = "0000:3b:02.1";

    private readonly FakePci _pci = new();

    public void Dispose() => _pci.Dispose();

    [Fact]
    public async Task AnInterfaceThatTheDriverMakesAgain_IsInThePod_UnderItsNameThere()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        using FileDescriptor host = NetworkNamespace.Create();
        using FileDescriptor pod = NetworkNamespace.Create();
        using RouteNetlink netlink = RouteNetlink.OpenIn(host);
        netlink.CreateVeth("ens1f0v1", "other");
        MacAddress mac = netlink.FindLink("ens1f0v1")!.Mac!.Value;

        PciDevice device = _pci.Add(Address, "iavf", "12");
        _pci.MadeInterfaces[Address] = "ens1f0v1";
        var record = new DeviceRecord(Address, "iavf", null, "net1");
        DeviceHandover.Take(_pci.Bus, record);
        Assert.True(DeviceHandover.GiveBack(_pci.Bus, record));
        Assert.True(await InterfaceReturn.RunAsync(netlink, device, pod, record.Interface));

        using RouteNetlink inPod = RouteNetlink.OpenIn(pod);
        Assert.Equal(mac, inPod.FindLink("net1")?.Mac);
        Assert.Null(netlink.FindLink("ens1f0v1"));
    }

    [Fact]
    public async Task ADriverThatMakesNone_IsNotWaitedForWithoutEnd()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        using FileDescriptor pod = NetworkNamespace.Create();
        using RouteNetlink netlink = RouteNetlink.OpenIn(pod);
        Assert.False(await InterfaceReturn.RunAsync(netlink, _pci.Add(Address, "iavf", "12"), pod, "net1"));
    }
}
