using System.Diagnostics;
using Skerry.Config;
using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Sandbox.Tests.Engine;

/// <summary>The machine follows the limits of the containers that live.</summary>
public sealed class SandboxResourcesTests
{
    private const long MiB = 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ContainersThatComeChangeAndGo_SizeTheMachine_AndTheRecordTellsTheSum()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Config = Dynamic(maxVcpus: 4, maxMemory: 1024);
        await sandbox.RunAsync();
        FakeResources size = sandbox.Hypervisor.Machines[0].Size;
        Assert.Equal((1, 256u), (size.Vcpus, size.MemoryMiB));
        Hypervisor.MachineConfig machine = sandbox.Hypervisor.LastConfig!;
        Assert.Equal(("q35", 4, 1024u, 10), (machine.MachineType, machine.MaxVcpus, machine.MaxMemoryMiB, machine.MemorySlots));

        await sandbox.RunAsync("a", resources: Limits(150_000, 100 * MiB));
        Assert.Equal((3, 384u), (size.Vcpus, size.MemoryMiB));
        Assert.Contains("OnlineCPUMem 2 wait processors", sandbox.Agent.Calls);
        await sandbox.Driver.UpdateAsync(SandboxHarness.Id("a"), Limits(null, 200 * MiB), CancellationToken.None);
        Assert.Equal((3, 512u), (size.Vcpus, size.MemoryMiB));
        Assert.Contains("OnlineCPUMem 0 go on all", sandbox.Agent.Calls);

        await EndAsync(sandbox, "a");
        await sandbox.RunAsync("b", resources: Limits(50_000, null));
        Assert.Equal((3, 512u), (size.Vcpus, size.MemoryMiB));
        Assert.Equal(
            [
                "1 default_vcpus, from default",
                "0.5 the limit of container b",
                "0.5 rounded up to whole processors",
                "256 default_memory, from default",
                "1 plugged before and kept: processors stay",
                "256 plugged before and kept by the guest",
                "0 2 of them plugged while it runs",
                "0 256 MiB of it plugged while it runs, in 2 of 10 slots",
            ],
            Terms(sandbox));
    }

    [Fact]
    public async Task MoreThanTheMaximum_IsBounded_AndTheRecordSaysSo()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Config = Dynamic(maxVcpus: 2, maxMemory: 512);
        await sandbox.RunAsync();
        await sandbox.RunAsync("a", resources: Limits(800_000, 600 * MiB));
        FakeResources size = sandbox.Hypervisor.Machines[0].Size;
        Assert.Equal((2, 512u), (size.Vcpus, size.MemoryMiB));
        Assert.Contains(Terms(sandbox), term => term.StartsWith("-7 at most 2: default_maxvcpus, from default", StringComparison.Ordinal));
        Assert.Contains(Terms(sandbox), term => term.StartsWith("-384 at most 512 MiB: default_maxmemory, from default", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALimitAboveTheHost_RefusesTheContainer_AndLeavesTheOthersAndTheRecord()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Config = Dynamic(0, 0);
        await sandbox.RunAsync();
        IReadOnlyList<string> before = Terms(sandbox);
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => sandbox.RunAsync("a", resources: Limits(null, 1L << 50)));
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        Assert.Contains("1073742080 MiB of memory, but the host has", error.Message, StringComparison.Ordinal);
        Assert.Contains("1073741824 MiB (the limit of container a)", error.Message, StringComparison.Ordinal);
        Assert.Equal([SandboxHarness.Id()], await sandbox.Driver.ListAsync());
        Assert.Equal(before, Terms(sandbox));
        Assert.DoesNotContain("CreateContainer a", sandbox.Agent.Calls);
        await sandbox.RunAsync("a", resources: Limits(null, 100 * MiB));
    }

    [Fact]
    public async Task AMachineThatCannotGrow_FailsTheContainerOrTheUpdate_WhichCanBeTriedAgain()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Config = Dynamic(2, 4096);
        await sandbox.RunAsync();
        FakeResources size = sandbox.Hypervisor.Machines[0].Size;
        size.MostMiB = 384;
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => sandbox.RunAsync("a", resources: Limits(null, 200 * MiB)));
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        Assert.Contains("1 processors and 512 MiB; it has 1 and 256 MiB", error.Message, StringComparison.Ordinal);

        await sandbox.RunAsync("a", resources: Limits(null, 100 * MiB));
        await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.UpdateAsync(SandboxHarness.Id("a"), Limits(null, 200 * MiB), CancellationToken.None));
        Assert.DoesNotContain("UpdateContainer a", sandbox.Agent.Calls);
        size.MostMiB = 512;
        await sandbox.Driver.UpdateAsync(SandboxHarness.Id("a"), Limits(null, 200 * MiB), CancellationToken.None);
        Assert.Contains("UpdateContainer a", sandbox.Agent.Calls);
    }

    [Fact]
    public async Task MemoryOfAVirtioMemMachine_GoesBackWithItsContainer()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Config = Dynamic(2, 4096) with { Hypervisor = Dynamic(2, 4096).Hypervisor with { EnableVirtioMem = true } };
        await sandbox.RunAsync();
        FakeResources size = sandbox.Hypervisor.Machines[0].Size;
        size.Shrinks = true;
        await sandbox.RunAsync("a", resources: Limits(null, 200 * MiB));
        Assert.Equal(512u, size.MemoryMiB);
        Assert.DoesNotContain(sandbox.Agent.Calls, call => call.StartsWith("OnlineCPUMem", StringComparison.Ordinal));
        await EndAsync(sandbox, "a");
        while (size.MemoryMiB != 256)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3 << 20)]
    [InlineData(1 << 20)]
    [InlineData(long.MaxValue)]
    public async Task AGuestWithBlocksThatCannotBe_FailsTheContainer(long block)
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Config = Dynamic(2, 4096);
        sandbox.AgentOptions.MemoryBlockBytes = (ulong)block;
        await sandbox.RunAsync();
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => sandbox.RunAsync("a", resources: Limits(null, 200 * MiB)));
        Assert.Equal(FailureKind.GuestFailed, error.Kind);
        Assert.Contains("CONFIG_MEMORY_HOTPLUG", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AModuleThatTheGuestDoesNotUse_IsTakenBack_AndFailsTheContainer()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Config = Dynamic(2, 4096);
        sandbox.AgentOptions.MemoryOnlineBytes = 256 << 20;
        await sandbox.RunAsync();
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => sandbox.RunAsync("a", resources: Limits(null, 200 * MiB)));
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains("uses 0 of the 256 MiB that were plugged", ErrorReport.OneLine(error), StringComparison.Ordinal);
        FakeResources size = sandbox.Hypervisor.Machines[0].Size;
        Assert.Equal((256u, 0), (size.MemoryMiB, size.UsedMemorySlots));
        await sandbox.RunAsync("a");
    }

    [Fact]
    public async Task StaticSizing_AsksNothingOfTheMachine()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        await sandbox.RunAsync("a", resources: Limits(400_000, 200 * MiB));
        FakeResources size = sandbox.Hypervisor.Machines[0].Size;
        Assert.Equal((1, 256u), (size.Vcpus, size.MemoryMiB));
        Assert.Equal(("microvm", 0u), (sandbox.Hypervisor.LastConfig!.MachineType, sandbox.Hypervisor.LastConfig.MaxMemoryMiB));
    }

    [Fact]
    public async Task AsManyProcessorsAsInTheCpuset_ArePinned_AndUnpinnedWhenThatChanges()
    {
        using Process thread = Process.Start("sleep", "600");
        try
        {
            await using var sandbox = new SandboxHarness();
            sandbox.Config = new SkerryConfig { Runtime = new RuntimeConfig { EnableVcpusPinning = true } };
            string before = AllowedCpus(thread);
            await sandbox.RunAsync();
            sandbox.Hypervisor.Machines[0].Size.Threads = [thread.Id];
            await sandbox.RunAsync("a", resources: Cpuset("0"));
            Assert.Equal("0", AllowedCpus(thread));
            await sandbox.Driver.UpdateAsync(SandboxHarness.Id("a"), Cpuset("0-1"), CancellationToken.None);
            Assert.Equal(before, AllowedCpus(thread));
        }
        finally
        {
            thread.Kill();
        }
    }

    [Fact]
    public async Task TheSandbox_IsBoundOnTheHost_ToItsContainersProcessors_FromCreateToEnd()
    {
        await using var sandbox = new SandboxHarness();
        var cgroup = new FakeCgroup(separatesVcpus: false);
        sandbox.OpenCgroup = _ => cgroup;
        await sandbox.RunAsync();
        await sandbox.RunAsync("a", resources: Cpuset("0"));
        Assert.Equal(["0/"], cgroup.Confined);

        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => sandbox.RunAsync("b", resources: Cpuset("4000")));
        Assert.StartsWith("container \"b\" is to have processors \"4000\" of the host", error.Message, StringComparison.Ordinal);
        await sandbox.RunAsync("c");
        Assert.Equal(["0/", "/"], cgroup.Confined);

        // One that fails later has not loosened it, nor has an update that the guest refuses.
        await EndAsync(sandbox, "c");
        await Eventually(() => cgroup.Confined.Count == 3);
        sandbox.AgentOptions.Failures["CreateContainer"] = new SkerryException(FailureKind.GuestFailed, "no");
        await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.RunAsync("d"));
        await Eventually(() => cgroup.Confined.Count == 5);
        sandbox.AgentOptions.Failures["UpdateContainer"] = new SkerryException(FailureKind.GuestFailed, "no");
        await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.UpdateAsync(SandboxHarness.Id("a"), Cpuset("0-1"), CancellationToken.None));
        await Eventually(() => cgroup.Confined.Count == 7);
        Assert.Equal(["0/", "/", "0/", "/", "0/", "0-1/", "0/"], cgroup.Confined);
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private static async Task EndAsync(SandboxHarness sandbox, string id)
    {
        sandbox.Agent.Exit(id, 0);
        await sandbox.Driver.WaitAsync(SandboxHarness.Id(id), string.Empty, CancellationToken.None).WaitAsync(Limit);
        await sandbox.Driver.DeleteAsync(SandboxHarness.Id(id), string.Empty, CancellationToken.None);
    }

    private static string AllowedCpus(Process process) =>
        File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal)).Split('\t')[1];

    private static OciResources Cpuset(string cpus) => new() { Cpu = new OciCpu { Cpus = cpus } };

    private static string[] Terms(SandboxHarness sandbox) =>
        [.. SandboxRecordFile.TryRead(sandbox.Paths.Record)!.Size.Select(term => FormattableString.Invariant($"{term.Amount} {term.Reason}"))];

    private static SkerryConfig Dynamic(uint maxVcpus, uint maxMemory) => new()
    {
        Hypervisor = new HypervisorConfig { DefaultMaxVcpus = maxVcpus, DefaultMaxMemoryMiB = maxMemory },
        Runtime = new RuntimeConfig { StaticSandboxResourceMgmt = false },
    };

    private static OciResources Limits(long? quota, long? memory) => new()
    {
        Cpu = quota is null ? null : new OciCpu { Quota = quota, Period = 100_000 },
        Memory = memory is null ? null : new OciMemory { Limit = memory },
    };
}
