using Skerry.Config;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;
using Skerry.Protocols;
using Skerry.Protocols.Ttrpc;
using Skerry.Sandbox.Tests.Engine;

namespace Skerry.Sandbox.Tests.Devices;

/// <summary>Which machine a sandbox with disks gets, and what its driver does about those it cannot have.</summary>
public sealed class ContainerDisksTests
{
    /// <summary>A number no host has.</summary>
    private static readonly OciDevice s_absent = new() { Path = "/dev/xvda", Type = "b", Major = 4000, Minor = 77 };

    [Fact]
    public async Task OnAMicrovmThatTheUserSet_NothingIsStarted()
    {
        await using var sandbox = new SandboxHarness { Config = WithMachine("microvm") };
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => CreateAsync(sandbox));
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains("container \"s1\" asks for block device 4000:77 of the host as \"/dev/xvda\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("machine_type = \"q35\"", error.Hint, StringComparison.Ordinal);
        Assert.Empty(sandbox.Hypervisor.Machines);
    }

    [Fact]
    public async Task WhereTheUserDoesNotSay_TheFirstContainersDisksChooseQ35()
    {
        await using var sandbox = new SandboxHarness();
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => CreateAsync(sandbox));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Equal(("q35", 3), (sandbox.Hypervisor.LastConfig!.MachineType, sandbox.Hypervisor.LastConfig.HotPlugSlots));
        Assert.Empty(sandbox.Hypervisor.Machines[0].Disks);
    }

    [Fact]
    public async Task ALaterContainersDisks_AreRefusedOnAMicrovm_AndTheSandboxLives()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => CreateAsync(sandbox, "c2"));
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains("io.katacontainers.config.hypervisor.machine_type: q35", error.Hint, StringComparison.Ordinal);
        Assert.Equal("microvm", sandbox.Hypervisor.LastConfig!.MachineType);
        await sandbox.RunAsync("c3");
    }

    [Theory]
    [InlineData("container-type", 0u, 8)]
    [InlineData("container-type", 5u, 5)]
    [InlineData("nothing", 0u, 2)]
    public async Task OnQ35_ThereAreSlotsForWhatMayCome(string annotation, uint configured, int expected)
    {
        SkerryConfig config = WithMachine("q35");
        await using var sandbox = new SandboxHarness { Config = config with { Hypervisor = config.Hypervisor with { PcieRootPort = configured } } };
        ContainerConfig container = sandbox.Container(change: spec => spec with { Annotations = new Dictionary<string, string> { [$"io.kubernetes.cri.{annotation}"] = "sandbox" } });
        await sandbox.Driver.CreateAsync(container, CancellationToken.None);
        Assert.Equal(expected, sandbox.Hypervisor.LastConfig!.HotPlugSlots);
    }

    [Fact]
    public async Task AGuestThatDoesNotFindItsDisk_IsQuotedInTheError()
    {
        await using SandboxHarness sandbox = WithDisk();
        sandbox.AgentOptions.Failures["CreateContainer"] = new TtrpcException(AgentStatus.DeviceAbsent, "block device \"1e.0/00\" did not appear after 10 s");
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => CreateAsync(sandbox));
        Assert.Equal(FailureKind.TimedOut, error.Kind);
        Assert.Contains("end of its console:\nlast words", error.Message, StringComparison.Ordinal);
        Assert.Contains("CONFIG_HOTPLUG_PCI", error.Hint, StringComparison.Ordinal);
        Assert.Contains("\"1e.0/00\" did not appear", ErrorReport.OneLine(error), StringComparison.Ordinal);
        Assert.Equal(["+disk0"], sandbox.Hypervisor.Machines[0].Disks); // It is not asked to let go of what it never saw.
    }

    [Fact]
    public async Task AnotherFailure_IsNotTakenForAMissingDisk_WhateverItsWords()
    {
        await using SandboxHarness sandbox = WithDisk();
        sandbox.AgentOptions.Failures["CreateContainer"] = new SkerryException(FailureKind.TimedOut, "block device \"1e.0/00\" did not appear after 10 s");
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => CreateAsync(sandbox));
        Assert.Equal((FailureKind.TimedOut, null), (error.Kind, error.Hint));
        Assert.Equal(["+disk0", "-disk0"], sandbox.Hypervisor.Machines[0].Disks);
    }

    [Fact]
    public async Task AGuestThatMissesADiskNobodyGaveIt_IsNotBelieved()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.Failures["CreateContainer"] = new TtrpcException(AgentStatus.DeviceAbsent, "no disk");
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.CreateAsync(sandbox.Container(), CancellationToken.None));
        Assert.Equal((FailureKind.GuestFailed, "no disk"), (error.Kind, error.Message));
    }

    [Fact]
    public void TheRulesOfItsDisks_GoToTheGuest_ThoseOfOthersDoNot()
    {
        var spec = new OciSpec
        {
            Process = new OciProcess { Args = ["sh"], Cwd = "/" },
            Linux = new OciLinux
            {
                Devices = [s_absent, new OciDevice { Path = "/dev/vfio/1", Type = "c", Major = 240, Minor = 1 }],
                Resources = new OciResources
                {
                    Devices =
                    [
                        new OciDeviceRule { Allow = false, Access = "rwm" },
                        new OciDeviceRule { Allow = true, Type = "b", Major = 4000, Minor = 77, Access = "rm" },
                        new OciDeviceRule { Allow = true, Type = "b", Major = 4000, Minor = 78, Access = "rwm" },
                    ],
                },
            },
        };
        Protocols.Agent.Oci.Linux guest = GuestSpec.Rewrite(ContainerId.Parse("c"), spec, [], RequestedDisks.Of(spec), keepSeccomp: true).Linux;
        Assert.Equal("/dev/xvda", Assert.Single(guest.Devices).Path);
        Assert.Equal([(-1L, -1L, "rwm"), (4000, 77, "rm")], guest.Resources.Devices.Select(rule => (rule.Major, rule.Minor, rule.Access)));
    }

    private static SandboxHarness WithDisk() => new()
    {
        OpenDisk = _ => new HostDisk("a host's disk", FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR), new BlockGeometry(1 << 20, 512, 4096, ReadOnly: false), readOnly: false),
    };

    private static Task<int> CreateAsync(SandboxHarness sandbox, string id = "s1") => sandbox.Driver.CreateAsync(
        sandbox.Container(id, change: spec => spec with { Linux = spec.Linux! with { Devices = [s_absent] } }), CancellationToken.None);

    private static SkerryConfig WithMachine(string type) => new() { Hypervisor = new HypervisorConfig { MachineType = type } };
}
