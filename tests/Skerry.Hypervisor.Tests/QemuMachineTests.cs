using System.Diagnostics;
using System.Globalization;
using Skerry.Core;

namespace Skerry.Hypervisor.Tests;

/// <summary>Real machines under QEMU; some two seconds each under TCG.</summary>
[Trait("Category", "Vm")]
public sealed class QemuMachineTests(GuestFixture guest) : IClassFixture<GuestFixture>
{
    [Theory]
    [InlineData("microvm")]
    [InlineData("q35")]
    public async Task Guest_AnswersOnItsChannel_AndStopsWhenAsked(string machineType)
    {
        await using TestMachine vm = await guest.BootAsync("echo", machineType);
        await vm.WaitUntilReadyAsync();
        Assert.Equal("hello", await vm.AskAsync("hello"));
        MachineTimeline timeline = vm.Machine.Timeline;
        Assert.True(timeline.Prepared <= timeline.Spawned && timeline.Spawned <= timeline.Running, "the steps come in order");
        Assert.Null(timeline.Exited);

        var stopping = Stopwatch.StartNew();
        await vm.Machine.StopAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(100), $"quit took {stopping.Elapsed}: the grace was waited for");
        MachineExit exit = await vm.WaitExitAsync();
        Assert.Equal((MachineExitReason.Stopped, 0), (exit.Reason, exit.ExitCode));
        Assert.False(vm.ProcessExists());
        Assert.NotNull(timeline.Exited);
    }

    [Theory]
    [InlineData("microvm")]
    [InlineData("q35")]
    public async Task LeastMemory_Boots(string machineType)
    {
        uint least = Qemu.MinimumMemory.EstimateMiB(guest.Kernel, guest.Initrd);
        await using TestMachine vm = await guest.BootAsync("echo", machineType, config => config with { MemoryMiB = least });
        await vm.WaitUntilReadyAsync();
    }

    [Theory]
    [InlineData("microvm")]
    [InlineData("q35")]
    public async Task GuestClock_RunsAtTheHostsRate(string machineType)
    {
        await using TestMachine vm = await guest.BootAsync("echo", machineType);
        await vm.WaitUntilReadyAsync();
        (TimeSpan Asked, TimeSpan Guest, TimeSpan Answered) first = await ClocksAsync(vm);
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        (TimeSpan Asked, TimeSpan Guest, TimeSpan Answered) second = await ClocksAsync(vm);

        // The guest looked at its clock somewhere between question and answer: on a loaded host that is a wide range.
        TimeSpan elapsed = second.Guest - first.Guest;
        Assert.InRange(elapsed, (second.Asked - first.Answered) * 0.97, (second.Answered - first.Asked) * 1.03);
    }

    [Fact]
    public async Task ProcessorsAndMemory_ArePluggedIntoARunningGuest_AndMemoryTakenBack()
    {
        const string Block = "read /sys/devices/system/memory/memory32/state"; // The first above 4 GiB.

        // Only what the guest does not use is let go by every guest.
        await using TestMachine vm = await guest.BootAsync(
            "echo",
            "q35",
            config => config with { MaxVcpus = 2, MaxMemoryMiB = 1024, MemorySlots = 1, KernelParameters = config.KernelParameters + " memhp_default_state=offline" });
        await vm.WaitUntilReadyAsync();
        IMachineResources resources = vm.Machine.Resources;
        await resources.PlugVcpusAsync(2, TestContext.Current.CancellationToken);
        Assert.Equal("0-1", await vm.AskAsync("read /sys/devices/system/cpu/present"));
        Assert.Equal(2, (await resources.VcpuThreadsAsync(TestContext.Current.CancellationToken)).Count);

        await resources.ResizeMemoryAsync(192 + 128, 128, TestContext.Current.CancellationToken);
        Assert.Equal("offline", await vm.AskAsync(Block));
        var error = await Assert.ThrowsAsync<HypervisorException>(() => resources.ResizeMemoryAsync(192 + 256, 128, TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        await resources.TakeMemoryBackAsync(192, TestContext.Current.CancellationToken);
        Assert.Equal("nothing", await vm.AskAsync(Block));
        Assert.Equal((192u, 0), (resources.MemoryMiB, resources.UsedMemorySlots));
    }

    [Fact]
    public async Task VirtioMem_GrowsAndShrinksARunningGuest()
    {
        await using TestMachine vm = await guest.BootAsync("echo", "q35", config => config with { MaxMemoryMiB = 1024, VirtioMem = true });
        await vm.WaitUntilReadyAsync();
        IMachineResources resources = vm.Machine.Resources;
        await resources.ResizeMemoryAsync(192 + 256, 128, TestContext.Current.CancellationToken);
        Assert.Equal(448u, resources.MemoryMiB);
        Assert.Equal("online", await vm.AskAsync("read /sys/devices/system/memory/memory32/state"));
        long start = Stopwatch.GetTimestamp();
        while (resources.MemoryMiB > 320 && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
        {
            await resources.ResizeMemoryAsync(192, 128, TestContext.Current.CancellationToken);
        }

        Assert.InRange(resources.MemoryMiB, 192u, 320u);
    }

    [Fact]
    public async Task Pause_HoldsTheGuest_ResumeLetsItGoOn()
    {
        await using TestMachine vm = await guest.BootAsync("echo");
        await vm.WaitUntilReadyAsync();
        await vm.Machine.PauseAsync(TestContext.Current.CancellationToken);
        Task<string> answer = vm.AskAsync("still there?");
        await Assert.ThrowsAsync<TimeoutException>(() => answer.WaitAsync(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken));
        await vm.Machine.ResumeAsync(TestContext.Current.CancellationToken);
        Assert.Equal("still there?", await answer);
        await vm.Machine.ResumeAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("microvm")]
    [InlineData("q35")]
    public async Task KernelPanic_IsToldWithTheConsolesWords(string machineType)
    {
        await using TestMachine vm = await guest.BootAsync("panic", machineType);
        MachineExit exit = await vm.WaitExitAsync();
        Assert.Equal(MachineExitReason.GuestPanic, exit.Reason);
        HypervisorException error = vm.Machine.DescribeBootFailure("the agent to answer Health", TimeSpan.FromSeconds(2));
        Assert.Equal(FailureKind.GuestFailed, error.Kind);
        Assert.Contains("waited 2.0 s for the agent to answer Health: the guest's agent ended", error.Message, StringComparison.Ordinal);
        Assert.Contains("Kernel panic - not syncing: Attempted to kill init!", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Theory]
    [InlineData("poweroff", "microvm", MachineExitReason.GuestShutdown)]
    [InlineData("poweroff", "q35", MachineExitReason.GuestShutdown)]
    [InlineData("reset", "microvm", MachineExitReason.GuestReset)]
    [InlineData("reset", "q35", MachineExitReason.GuestReset)]
    public async Task GuestsOwnEnd_IsToldApart(string mode, string machineType, MachineExitReason expected)
    {
        await using TestMachine vm = await guest.BootAsync(mode, machineType);
        Assert.Equal(expected, (await vm.WaitExitAsync()).Reason);
    }

    [Fact]
    public async Task SilentGuest_ErrorSaysWhatWasWaitedFor()
    {
        await using TestMachine vm = await guest.BootAsync("silent");
        HypervisorException error = vm.Machine.DescribeBootFailure("the agent to answer Health", TimeSpan.FromSeconds(30));
        Assert.Equal(FailureKind.TimedOut, error.Kind);
        Assert.Contains("waited 30.0 s for the agent to answer Health: the guest does not answer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FloodedConsole_CostsLittle_AndTheGuestStillAnswers()
    {
        const int limit = 32 * 1024;
        await using TestMachine vm = await guest.BootAsync("flood", change: config => config with { ConsoleLimitBytes = limit });
        await vm.WaitUntilReadyAsync();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("ping", await vm.AskAsync("ping"));
            Assert.True(Directory.GetFiles(vm.StateDirectory).Sum(file => new FileInfo(file).Length) <= limit);
        }

        Assert.True(
            SpinWait.SpinUntil(() => vm.Machine.ConsoleTail(100).Contains("xxxx", StringComparison.Ordinal), TimeSpan.FromSeconds(60)), vm.Machine.ConsoleTail(1000));
        Assert.True(vm.Machine.ConsoleTail(1_000_000).Length >= 1024);
    }

    [Fact]
    public async Task KilledVmm_IsToldWithItsSignal()
    {
        await using TestMachine vm = await guest.BootAsync("echo");
        await vm.WaitUntilReadyAsync();
        using (Process process = Process.GetProcessById(vm.Machine.ProcessId))
        {
            process.Kill();
        }

        MachineExit exit = await vm.WaitExitAsync();
        Assert.Equal((MachineExitReason.VmmDied, 9), (exit.Reason, exit.Signal));
        Assert.Equal(0, await vm.Machine.GuestChannelStream!.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        var error = await Assert.ThrowsAsync<HypervisorException>(() => vm.Machine.PauseAsync(TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.Unavailable, error.Kind);
        await vm.Machine.StopAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task StoppedVmm_IsKilledWithinTheGrace()
    {
        await using TestMachine vm = await guest.BootAsync("silent");
        using (Process stop = Process.Start("/bin/kill", ["-STOP", vm.Machine.ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await stop.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var stopping = Stopwatch.StartNew();
        await vm.Machine.StopAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.True(stopping.Elapsed < TimeSpan.FromSeconds(60), $"it took {stopping.Elapsed}");
        Assert.False(vm.ProcessExists());
    }

    [Fact]
    public async Task ManyVcpus_AreSeenByTheGuest()
    {
        await using TestMachine vm = await guest.BootAsync("echo", change: config => config with { Vcpus = 2 });
        await vm.WaitUntilReadyAsync();
        Assert.Equal("0-1", await vm.AskAsync("read /sys/devices/system/cpu/online"));
        IReadOnlyList<int> threads = await vm.Machine.Resources.VcpuThreadsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, threads.Distinct().Count());
        Assert.All(threads, thread => Assert.True(Directory.Exists($"/proc/{vm.Machine.ProcessId}/task/{thread}"), $"{thread} is no thread of the VMM"));
    }

    [Fact]
    public async Task Cgroup_IsJoinedBeforeTheVmmRuns()
    {
        using var scratch = new ScratchDirectory();
        await File.WriteAllTextAsync(scratch["cgroup.procs"], "", TestContext.Current.CancellationToken);
        await using TestMachine vm = await guest.BootAsync("silent", change: config => config with { CgroupProcsFiles = [scratch["cgroup.procs"]] });
        Assert.StartsWith("0", await File.ReadAllTextAsync(scratch["cgroup.procs"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusedOption_ErrorHoldsTheVmmsWords()
    {
        var error = await Assert.ThrowsAsync<HypervisorException>(() => guest.BootAsync("echo", change: config => config with { MachineOptions = "no-such-option=on" }));
        Assert.Contains("no-such-option", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Theory]
    [InlineData("microvm", "/sys/bus/acpi/devices/LNRO0005:00/modalias", "acpi:LNRO0005:")]
    [InlineData("microvm", "/sys/bus/virtio/devices/virtio0/modalias", "virtio:d0000000")]
    [InlineData("q35", "/sys/bus/pci/devices/0000:00:01.0/modalias", "pci:v00001AF4d")]
    [InlineData("q35", "/sys/bus/virtio/devices/virtio0/modalias", "virtio:d0000000")]
    public async Task Devices_HaveTheAliasesThatTheModuleListGoesBy(string machineType, string path, string expected)
    {
        await using TestMachine vm = await guest.BootAsync("echo", machineType);
        await vm.WaitUntilReadyAsync();
        Assert.StartsWith(expected, await vm.AskAsync($"read {path}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Console_IsSilentUnlessAsked()
    {
        await using TestMachine quiet = await guest.BootAsync("echo", "q35");
        await quiet.WaitUntilReadyAsync();
        await using TestMachine verbose = await guest.BootAsync("echo", "q35", config => config with { VerboseConsole = true });
        await verbose.WaitUntilReadyAsync();
        Assert.DoesNotContain("Linux version", quiet.Machine.ConsoleTail(100_000), StringComparison.Ordinal);

        // The console and the channel are read side by side: what the guest printed before it was ready may be a moment behind.
        Assert.True(
            SpinWait.SpinUntil(() => verbose.Machine.ConsoleTail(100_000).Contains("Run /init as init process", StringComparison.Ordinal), TimeSpan.FromSeconds(60)),
            verbose.Machine.ConsoleTail(2000));
    }

    private static async Task<(TimeSpan Asked, TimeSpan Guest, TimeSpan Answered)> ClocksAsync(TestMachine vm)
    {
        TimeSpan asked = Stopwatch.GetElapsedTime(0);
        long guestNanoseconds = long.Parse(await vm.AskAsync("clock"), CultureInfo.InvariantCulture);
        return (asked, TimeSpan.FromTicks(guestNanoseconds / 100), Stopwatch.GetElapsedTime(0));
    }
}
