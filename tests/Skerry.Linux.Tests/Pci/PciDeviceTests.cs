using Skerry.Linux.Pci;

namespace Skerry.Linux.Tests.Pci;

/// <summary>What sysfs says of a device, and how its driver changes, on a bus of files.</summary>
public sealed class PciDeviceTests : IDisposable
{
    private const string Card = "0000:3b:00.0";
    private const string Function = "0000:3b:02.1";

    private readonly FakePci _pci = new();

    public void Dispose() => _pci.Dispose();

    [Fact]
    public void ADevice_IsReadFromSysfs()
    {
        PciDevice device = _pci.Add(Function, "iavf", "12");
        Assert.Equal((true, "8086:154c", "iavf", null, "12"), (device.Exists, device.Model, device.Driver, device.DriverOverride, device.IommuGroup));
        Assert.Empty(device.Interfaces);
        Assert.Null(device.VirtualFunction());
    }

    [Fact]
    public void AVirtualFunction_KnowsItsCardAndNumber()
    {
        PciDevice card = _pci.Add(Card, "i40e", "11");
        PciDevice device = _pci.Add(Function, "iavf", "12");
        _pci.AddFunction(Card, 3, Function);
        _pci.AddInterface(Card, "ens1f0");
        (PciDevice physical, int number) = Assert.NotNull(device.VirtualFunction());
        Assert.Equal((card.Address, 3, 1), (physical.Address, number, physical.VirtualFunctionCount));
        Assert.Equal(["ens1f0"], physical.Interfaces);
    }

    [Fact]
    public void InterfacesOfAVirtioDevice_AreBelowIt()
    {
        PciDevice device = _pci.Add(Function, "virtio-pci", null);
        _pci.AddInterface(Function + "/virtio3", "eth1");
        Assert.Equal(["eth1"], device.Interfaces);
    }

    [Fact]
    public void AGroup_HasItsMembersInOrder()
    {
        _pci.Add(Function, "iavf", "12");
        _pci.Add("0000:3b:02.0", "iavf", "12");
        Assert.Equal(["0000:3b:02.0", Function], _pci.Bus.GroupMembers("12").Select(address => address.ToString()));
    }

    [Fact]
    public void ADeviceThatIsGone_SaysNothing_AndCannotBeWrittenTo()
    {
        PciDevice device = _pci.Bus[FakePci.At(Function)];
        Assert.Equal((false, string.Empty, null, null, null, 0), (device.Exists, device.Model, device.Driver, device.DriverOverride, device.IommuGroup, device.VirtualFunctionCount));
        Assert.Empty(device.Interfaces);
        device.Unbind();
        Assert.Equal(Errno.ENOENT, Assert.Throws<SyscallException>(() => device.SetDriverOverride(FakePci.Vfio)).Errno);
    }

    [Fact]
    public void TheHostsOwnBus_IsReadAndRefusesWhatIsNotThere()
    {
        PciDevice device = PciBus.Host[new PciAddress(0xfffe, 0xff, 0x1f, 7)];
        Assert.False(device.Exists);
        Assert.Equal(Errno.ENOENT, Assert.Throws<SyscallException>(() => device.SetDriverOverride(null)).Errno);
        Assert.False(PciBus.Host.HasDriver("skerry-has-no-such-driver"));
    }
}
