using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Pci;
using Skerry.Linux.Tests.Pci;

namespace Skerry.Sandbox.Tests.Network;

/// <summary>What is written to sysfs, in which order, and what is left of it when something fails in between.</summary>
public sealed class DeviceHandoverTests : IDisposable
{
    private const string Address = "0000:3b:02.1";
    private static readonly DeviceRecord s_record = new(Address, "iavf", null, "net1");

    private readonly FakePci _pci = new();
    private readonly PciDevice _device;

    public DeviceHandoverTests() => _device = _pci.Add(Address, "iavf", "12");

    public void Dispose() => _pci.Dispose();

    [Fact]
    public void Taking_WritesTheOverrideBeforeItUnbinds()
    {
        DeviceHandover.Take(_pci.Bus, s_record);
        Assert.Equal(
            [$"devices/{Address}/driver_override=vfio-pci", $"drivers/iavf/unbind={Address}", $"drivers_probe={Address}"],
            _pci.Writes);
        Assert.Equal(("vfio-pci", "vfio-pci"), (_device.Driver, _device.DriverOverride));
    }

    [Fact]
    public void GivingBack_LiftsTheOverride_ThenUnbinds_ThenBinds()
    {
        DeviceHandover.Take(_pci.Bus, s_record);
        _pci.Writes.Clear();
        Assert.True(DeviceHandover.GiveBack(_pci.Bus, s_record));
        Assert.Equal(
            [$"devices/{Address}/driver_override=", $"drivers/vfio-pci/unbind={Address}", $"drivers/iavf/bind={Address}"],
            _pci.Writes);
        AssertAsBefore();
    }

    [Fact]
    public void GivingBackTwice_WritesNothingMore()
    {
        DeviceHandover.Take(_pci.Bus, s_record);
        DeviceHandover.GiveBack(_pci.Bus, s_record);
        _pci.Writes.Clear();
        Assert.True(DeviceHandover.GiveBack(_pci.Bus, s_record));
        Assert.Empty(_pci.Writes);
    }

    [Fact]
    public void AnOverrideOfTheUser_IsThereAgain()
    {
        _device.SetDriverOverride("iavf");
        DeviceRecord record = s_record with { DriverOverride = "iavf" };
        DeviceHandover.Take(_pci.Bus, record);
        DeviceHandover.GiveBack(_pci.Bus, record);
        Assert.Equal(("iavf", "iavf"), (_device.Driver, _device.DriverOverride));
    }

    /// <summary>As after a crash: whatever the last write was that succeeded, giving back does the rest.</summary>
    [Theory]
    [InlineData($"devices/{Address}/driver_override=vfio-pci")]
    [InlineData($"drivers/iavf/unbind={Address}")]
    [InlineData($"drivers_probe={Address}")]
    public void AfterAnyStep_GivingBackDoesWhatIsMissing(string fails)
    {
        _pci.Faults[fails] = Errno.EIO;
        Assert.Equal(Errno.EIO, Assert.Throws<SyscallException>(() => DeviceHandover.Take(_pci.Bus, s_record)).Errno);
        Assert.True(DeviceHandover.GiveBack(_pci.Bus, s_record));
        AssertAsBefore();
    }

    [Fact]
    public void AKernelThatBindsNothing_IsAnErrorWithTheDriverThereIs()
    {
        _pci.RemoveDriver("vfio-pci");
        SkerryException error = Assert.Throws<SkerryException>(() => DeviceHandover.Take(_pci.Bus, s_record));
        Assert.Contains("has no driver", error.Message, StringComparison.Ordinal);
        Assert.True(DeviceHandover.GiveBack(_pci.Bus, s_record));
        AssertAsBefore();
    }

    [Fact]
    public void ADeviceThatIsGone_IsNoError()
    {
        DeviceHandover.Take(_pci.Bus, s_record);
        _pci.Remove(Address);
        Assert.False(DeviceHandover.GiveBack(_pci.Bus, s_record));
    }

    [Fact]
    public void ADriverThatIsGone_ErrorSaysWhatToDoByHand()
    {
        DeviceHandover.Take(_pci.Bus, s_record);
        _pci.RemoveDriver("iavf");
        SkerryException error = Assert.Throws<SkerryException>(() => DeviceHandover.GiveBack(_pci.Bus, s_record));
        Assert.Contains("cannot bind the PCI device 0000:3b:02.1 (interface \"net1\") back to iavf", error.Message, StringComparison.Ordinal);
        Assert.Contains("echo 0000:3b:02.1 > /sys/bus/pci/drivers/iavf/bind", error.Hint, StringComparison.Ordinal);
        Assert.Null(_device.Driver);
    }

    [Fact]
    public void ADeviceWithAThirdDriver_IsSomebodyElses()
    {
        _device.Unbind();
        _pci.AddDriver("uio_pci_generic");
        _device.SetDriverOverride("uio_pci_generic");
        _device.Probe();
        _pci.Writes.Clear();
        Assert.True(DeviceHandover.GiveBack(_pci.Bus, s_record));
        Assert.Empty(_pci.Writes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../class/net/eth0")]
    public void ARecordWithoutAnAddress_IsRefused(string address) =>
        Assert.Equal(FailureKind.InvalidArgument, Assert.Throws<SkerryException>(() => DeviceHandover.GiveBack(_pci.Bus, s_record with { Address = address })).Kind);

    private void AssertAsBefore() => Assert.Equal(("iavf", null), (_device.Driver, _device.DriverOverride));
}
