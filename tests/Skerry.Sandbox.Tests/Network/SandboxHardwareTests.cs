using Skerry.Config;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Linux.Tests.Pci;
using Skerry.Sandbox.Tests.Engine;

namespace Skerry.Sandbox.Tests.Network;

/// <summary>Network cards on a bus of files: which a guest can have, and that all of them come back.</summary>
public sealed class SandboxHardwareTests : IDisposable
{
    private const string Card = "0000:3b:00.0";
    private const string First = "0000:3b:02.1";
    private const string Second = "0000:3b:02.2";
    private static readonly SandboxId s_sandbox = SandboxId.Parse("web-1");

    private readonly FakePci _pci = new();
    private readonly RecordedLog _log = new();

    public void Dispose() => _pci.Dispose();

    [Fact]
    public async Task TwoFunctionsOfOneGroup_AreTakenAndGivenBack()
    {
        _pci.Add(First, "iavf", "12");
        _pci.Add(Second, "iavf", "12");
        SandboxHardware hardware = Open(First, Second);
        Assert.Empty(_pci.Writes);
        Assert.Equal([new DeviceRecord(First, "iavf", null, "net1"), new DeviceRecord(Second, "iavf", null, "net2")], hardware.Records);
        Assert.Equal([("hardware0", First), ("hardware1", Second)], hardware.Devices.Select(device => (device.Id, device.Address.ToString())));

        hardware.Take();
        Assert.Equal(["vfio-pci", "vfio-pci"], Drivers());
        await hardware.GiveAllBackAsync(space: null);
        Assert.Equal(["iavf", "iavf"], Drivers());
    }

    [Fact]
    public async Task WhenTheSecondCannotBeTaken_BothComeBack()
    {
        _pci.Add(First, "iavf", "12");
        _pci.Add(Second, "iavf", "13");
        SandboxHardware hardware = Open(First, Second);
        _pci.Faults[$"drivers_probe={Second}"] = Errno.EIO;
        Assert.Throws<SyscallException>(hardware.Take);
        await hardware.GiveAllBackAsync(space: null);
        Assert.Equal(["iavf", "iavf"], Drivers());
    }

    [Fact]
    public async Task ADeviceThatIsGoneAtTheEnd_IsLogged_AndTheOtherComesBack()
    {
        _pci.Add(First, "iavf", "12");
        _pci.Add(Second, "iavf", "13");
        SandboxHardware hardware = Open(First, Second);
        hardware.Take();
        _pci.Remove(Second);
        await hardware.GiveAllBackAsync(space: null);
        Assert.Equal("iavf", _pci.Bus[FakePci.At(First)].Driver);
        Assert.Contains(_log.Lines, line => line.Contains($"the PCI device {Second} of interface net2 is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ADriverThatTakesNothingBack_IsLogged_AndTheOtherComesBack()
    {
        _pci.Add(First, "iavf", "12");
        _pci.Add(Second, "iavf", "13");
        SandboxHardware hardware = Open(First, Second);
        hardware.Take();
        _pci.Faults[$"drivers/iavf/bind={Second}"] = Errno.EIO;
        await hardware.GiveAllBackAsync(space: null);
        Assert.Equal("iavf", _pci.Bus[FakePci.At(First)].Driver);
        Assert.Contains(_log.Lines, line => line.Contains($"cannot bind the PCI device {Second}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnAddressThatTheCardDoesNotTake_IsAWarning()
    {
        _pci.Add(Card, "i40e", "11");
        _pci.Add(First, "iavf", "12");
        _pci.AddFunction(Card, 1, First);
        SandboxHardware hardware = Open(First);
        hardware.Take();
        Assert.Contains(_log.Lines, line => line.Contains("02:00:00:00:00:01 of interface net1 cannot be set through its card", StringComparison.Ordinal));
        await hardware.GiveAllBackAsync(space: null);
    }

    [Fact]
    public void AMicrovmThatTheUserSet_IsRefusedWithWhatToSet_AndQ35IsChosenOtherwise()
    {
        _pci.Add(First, "iavf", "12");
        SkerryException error = Assert.Throws<SkerryException>(() => Open(new HypervisorConfig { MachineType = "microvm" }, First));
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains("\"net1\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("machine_type = \"q35\"", error.Hint, StringComparison.Ordinal);

        Assert.Equal("q35", Open(First).Choose(new SkerryConfig()).Hypervisor.MachineType);
        Assert.Equal("pc-q35-7.2", Open(First).Choose(new SkerryConfig { Hypervisor = new HypervisorConfig { MachineType = "pc-q35-7.2" } }).Hypervisor.MachineType);
        Assert.Null(Open().Choose(new SkerryConfig()).Hypervisor.MachineType);
    }

    [Fact]
    public void WithoutAnIommu_TheErrorSaysHowToBootTheHost()
    {
        _pci.Add(First, "iavf", group: null);
        AssertRefused("in no IOMMU group", "intel_iommu=on or amd_iommu=on");
    }

    [Fact]
    public void WithoutTheDriver_TheErrorSaysTheModule()
    {
        _pci.Add(First, "iavf", "12");
        _pci.RemoveDriver(FakePci.Vfio);
        AssertRefused("no driver vfio-pci", "modprobe vfio-pci");
    }

    [Fact]
    public void WithoutTheNode_TheErrorNamesIt()
    {
        _pci.Add(First, "iavf", "12");
        File.Delete(_pci.Bus.VfioPath);
        AssertRefused("vfio/vfio\" does not exist", "modprobe vfio-pci");
    }

    [Fact]
    public void OthersOfTheGroupThatTheHostUses_AreNamed()
    {
        _pci.Add(First, "iavf", "12");
        _pci.Add(Second, "iavf", "12");
        _pci.Add("0000:3b:03.0", "nvme", "12");
        _pci.Add("0000:00:01.0", "pcieport", "12");
        _pci.Add("0000:3b:04.0", null, "12");
        AssertRefused($"its IOMMU group 12 also has {Second} (iavf), 0000:3b:03.0 (nvme), which the host uses", "vfio-pci");
    }

    [Fact]
    public void ACardThatServesTheHostToo_IsRefused()
    {
        _pci.Add(First, "mlx4_core", "12");
        _pci.AddInterface(First, "ens1");
        AssertRefused("also has the interface ens1 of the host", "virtual function");
    }

    [Fact]
    public void ACardWithVirtualFunctions_IsRefused()
    {
        _pci.Add(First, "i40e", "12");
        _pci.Add(Second, "iavf", "13");
        _pci.AddFunction(First, 0, Second);
        AssertRefused("the card of 1 virtual functions", "one of the virtual functions");
    }

    [Fact]
    public void ADeviceThatIsNotThere_IsRefused() => AssertRefused("not on the PCI bus", "lspci");

    private void AssertRefused(string reason, string hint)
    {
        SkerryException error = Assert.Throws<SkerryException>(() => Open(First));
        Assert.Contains($"interface \"net1\" (PCI device {First})", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Hint, StringComparison.Ordinal);
        Assert.Empty(_pci.Writes);
    }

    private IEnumerable<string?> Drivers() => [_pci.Bus[FakePci.At(First)].Driver, _pci.Bus[FakePci.At(Second)].Driver];

    private SandboxHardware Open(params string[] addresses) => Open(new HypervisorConfig(), addresses);

    private SandboxHardware Open(HypervisorConfig config, params string[] addresses) => SandboxHardware.Of(
        s_sandbox,
        NetworkScan.From([.. addresses.Select((_, i) => Link(i + 1))], [], [], [], link => FakePci.At(addresses[link.Index - 1])),
        config,
        _pci.Bus,
        _log);

    private static Link Link(int index) => new()
    {
        Index = index,
        Name = $"net{index}",
        Mac = new MacAddress([2, 0, 0, 0, 0, (byte)index]),
        Mtu = 1500,
        Flags = LinkFlags.IFF_UP,
        HardwareType = 1,
    };
}
