using System.Diagnostics;
using Skerry.Core;
using Skerry.Hypervisor.Qemu;
using Skerry.Linux.Pci;
using Skerry.Linux.Tests.Pci;

namespace Skerry.Hypervisor.Tests;

/// <summary>What a host must have for a machine with a device of the host, on a PCI bus of files; and what real parts say here.</summary>
public sealed class VfioPreflightTests : IDisposable
{
    private const string Function = "0000:3b:02.1";

    private readonly FakePci _pci = new();
    private readonly ScratchDirectory _scratch = new();

    public void Dispose()
    {
        _pci.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void ADeviceThatIsBound_Passes()
    {
        Bind(group: "12");
        VfioPreflight.Check(Machine("q35"), _pci.Bus);
    }

    [Fact]
    public void AMicrovm_HasNoPciBus()
    {
        HypervisorException error = Fail(Machine("microvm"));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("machine_type = \"q35\"", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void AHostWithoutVfio_IsToldTheModule()
    {
        File.Delete(_pci.Bus.VfioPath);
        HypervisorException error = Fail(Machine("q35"));
        Assert.Equal(FailureKind.HostDenied, error.Kind);
        Assert.Contains("modprobe vfio-pci", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ADeviceThatIsGone_IsNamed() => Assert.Contains("no PCI device " + Function, Fail(Machine("q35")).Message, StringComparison.Ordinal);

    [Fact]
    public void ADeviceWithAnotherDriver_IsNamedWithIt()
    {
        _pci.Add(Function, "iavf", "12");
        Assert.Contains("has the driver iavf, not vfio-pci", Fail(Machine("q35")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGroupWithoutANode_IsNamed()
    {
        Bind(group: "12");
        File.Delete(_pci.Bus.GroupPath("12"));
        Assert.Contains("vfio/12\" does not exist", Fail(Machine("q35")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MoreDevicesThanPorts_AreCounted()
    {
        AssignedDevice[] many = [.. Enumerable.Repeat(Device(Function), QemuAssignedDevices.Most + 1)];
        Assert.Contains("17 devices of the host are more than the 16", Fail(Machine("q35") with { AssignedDevices = many }).Message, StringComparison.Ordinal);
    }

    /// <summary>No such address is on any host: where VFIO is missing that is said, else that the device is.</summary>
    [Fact]
    public async Task ARealStart_IsRefusedBeforeAnythingRuns()
    {
        File.WriteAllText(_scratch["vmm"], $"#!/bin/sh\ntouch {_scratch["started"]}\n");
        File.SetUnixFileMode(_scratch["vmm"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(
            () => new QemuHypervisor().StartAsync(Machine("q35") with { VmmPath = _scratch["vmm"], AssignedDevices = [Device("fffe:ff:1f.7")] }, TestContext.Current.CancellationToken));
        Assert.Contains(File.Exists(PciBus.Host.VfioPath) ? "no PCI device fffe:ff:1f.7" : "\"/dev/vfio/vfio\" does not exist", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch["started"]));
    }

    /// <summary>QEMU reads the arguments up to the device itself, which no host has.</summary>
    [Theory]
    [InlineData("fffe:ff:1f.7")]
    [InlineData("1fffe:ff:1f.7")]
    public async Task QemuItself_UnderstandsTheArguments(string address)
    {
        const string qemu = "/usr/bin/qemu-system-x86_64";
        Assert.SkipUnless(File.Exists(qemu), $"{qemu} is not installed");
        string[] arguments = ["-nodefaults", "-display", "none", "-machine", "q35", "-accel", "tcg", .. QemuAssignedDevices.Arguments([Device(address)])];
        using Process process = Process.Start(new ProcessStartInfo(qemu, arguments) { RedirectStandardError = true })!;
        string said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"{address}: no such host device", said, StringComparison.Ordinal);
        Assert.NotEqual(0, process.ExitCode);
    }

    private HypervisorException Fail(MachineConfig config) => Assert.Throws<HypervisorException>(() => VfioPreflight.Check(config, _pci.Bus));

    private void Bind(string group)
    {
        PciDevice device = _pci.Add(Function, null, group);
        device.SetDriverOverride(FakePci.Vfio);
        device.Probe();
    }

    private MachineConfig Machine(string type)
    {
        File.WriteAllBytes(_scratch["vmlinuz"], new byte[1024]);
        File.WriteAllBytes(_scratch["initrd.img"], []);
        return new MachineConfig
        {
            Id = SandboxId.Parse("assigned"),
            VmmPath = "/bin/false",
            MachineType = type,
            Kernel = _scratch["vmlinuz"],
            Initrd = _scratch["initrd.img"],
            StateDirectory = _scratch.Path,
            Accelerator = Accelerator.Tcg,
            AssignedDevices = [Device(Function)],
        };
    }

    private static AssignedDevice Device(string address) => new("net0", FakePci.At(address));
}
