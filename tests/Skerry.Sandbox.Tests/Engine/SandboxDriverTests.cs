using System.Text;
using Skerry.Config;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Events;
using Skerry.Vsock;

namespace Skerry.Sandbox.Tests.Engine;

public sealed class SandboxDriverTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALoneContainer_GoesThroughItsLife_AndNothingIsLeft()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.Driver.CreateAsync(sandbox.Container(), Token);
        Assert.True(File.Exists(sandbox.Paths.Record));
        await sandbox.Driver.StartAsync(SandboxHarness.Id(), string.Empty, Token);
        sandbox.Agent.Exit("s1", 7);

        Assert.Equal(7, (await sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token)).Status);
        Assert.Equal(7, (await sandbox.Driver.DeleteAsync(SandboxHarness.Id(), string.Empty, Token)).Status);
        await sandbox.Driver.Ended.WaitAsync(Soon, Token);
        Assert.Equal(["/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"], sandbox.Events.Topics);
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
        Assert.True(sandbox.Share.Disposed);
    }

    [Fact]
    public async Task TheAgent_LearnsOfShareStreamsAndProcess()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        Assert.Equal("kataShared", sandbox.Agent.Sandbox!.Storages[0].Source);
        Assert.Equal("s1", sandbox.Agent.Sandbox.SandboxId);
        Assert.True(sandbox.Agent.LastCreate is { StdinPort: > 0, StdoutPort: > 0, StderrPort: > 0 });
        Assert.Equal(["CreateSandbox sandbox", "CreateContainer s1", "StartContainer s1"], sandbox.Agent.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cgroups_AreAskedForAsConfigured_GetTheProcessorsWhereTheyWantThem_AndAreRemoved(bool separates)
    {
        await using var sandbox = new SandboxHarness { Config = new SkerryConfig { Runtime = new RuntimeConfig { SandboxCgroupOnly = false } } };
        var cgroup = new FakeCgroup(separates);
        CgroupRequest? asked = null;
        sandbox.OpenCgroup = request =>
        {
            asked = request;
            return cgroup;
        };
        await sandbox.RunAsync();
        Assert.False(asked!.SandboxOnly);
        Assert.Equal(cgroup.MachineProcsFiles, sandbox.Hypervisor.LastConfig!.CgroupProcsFiles);
        int[] expected = separates ? [4711] : [];
        Assert.Equal(expected, cgroup.Placed);
        await sandbox.Driver.StopAsync();
        Assert.True(cgroup.Removed);
    }

    [Theory]
    [InlineData(1UL, true)]
    [InlineData(0UL, false)]
    [InlineData(1UL << 42, false)]
    [InlineData(ulong.MaxValue, false)]
    public async Task WhenTheKernelWasUp_IsBelievedOnlyWithinTheMachinesLife(ulong runningUs, bool believed)
    {
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.RunningUs = runningUs;
        await sandbox.RunAsync();
        Assert.Equal(believed, sandbox.Driver.Timeline.Steps.Any(step => step.Step == "kernel-up"));
    }

    [Fact]
    public async Task KeysOfTheConfiguration_ReachMachineAndAgent()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Config = new SkerryConfig
        {
            Hypervisor = new HypervisorConfig { EnableMemPrealloc = true, EnableHugepages = true, KernelParams = "quiet", GuestHookPath = "/hooks" },
            Agent = new AgentConfig { KernelModules = ["e1000e a=1,2 b"], ContainerPipeSizeBytes = 8192, DebugConsoleEnabled = true, LogLevel = "warn" },
        };
        await sandbox.RunAsync();
        Assert.True(sandbox.Hypervisor.LastConfig is { PreallocateMemory: true, HugePages: true });
        Assert.Equal(
            "agent.log=warn agent.debug_console agent.debug_console_vport=1026 agent.container_pipe_size=8192 quiet",
            sandbox.Hypervisor.LastConfig.KernelParameters);
        Assert.Equal(("/hooks", Environment.MachineName), (sandbox.Agent.Sandbox!.GuestHookPath, sandbox.Agent.Sandbox.Hostname));
        KernelModule module = Assert.Single(sandbox.Agent.Sandbox!.KernelModules);
        Assert.Equal("e1000e", module.Name);
        Assert.Equal(["a=1,2", "b"], module.Parameters);
    }

    [Fact]
    public async Task AnExitRightAfterTheStart_IsReportedAfterIt()
    {
        for (int i = 0; i < 10; i++)
        {
            await using var sandbox = new SandboxHarness();
            await sandbox.Driver.CreateAsync(sandbox.Container(), Token);
            sandbox.Agent.Exit("s1", 0);
            await sandbox.Driver.StartAsync(SandboxHarness.Id(), string.Empty, Token).ContinueWith(_ => { }, TaskScheduler.Default);
            await sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token);
            IReadOnlyList<string> topics = sandbox.Events.Topics;
            Assert.Contains("/tasks/exit", topics);
            Assert.True(!topics.Contains("/tasks/start") || topics.ToList().IndexOf("/tasks/start") < topics.ToList().IndexOf("/tasks/exit"));
        }
    }

    [Fact]
    public async Task Output_IsWithItsReader_BeforeTheExitIsKnown()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.KeepsOutput = true;
        string file = sandbox.TemporaryPath("out");
        await sandbox.RunAsync(stdio: new StdioConfig(string.Empty, $"file://{file}", string.Empty, Terminal: false));
        VsockStream stdout = await sandbox.Agent.StreamAsync("s1", 1);
        byte[] chunk = Encoding.ASCII.GetBytes(new string('x', 10_000));
        sandbox.Agent.Exit("s1", 0);
        Task<ProcessExit> wait = sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token);
        for (int i = 0; i < 100; i++)
        {
            await stdout.WriteAsync(chunk, Token);
        }

        Assert.False(wait.IsCompleted);
        stdout.ShutdownSend();
        (await sandbox.Agent.StreamAsync("s1", 2)).ShutdownSend();
        await wait.WaitAsync(Soon, Token);
        Assert.Equal(1_000_000, new FileInfo(file).Length);
    }

    [Fact]
    public async Task AnExit_IsKnownThoughNobodyReads_AndALateReaderGetsAll()
    {
        const int Bytes = 1_000_000;
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.KeepsOutput = true;
        string fifo = sandbox.TemporaryPath("fifo");
        Fifos.Make(fifo, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await sandbox.RunAsync(stdio: new StdioConfig(string.Empty, fifo, string.Empty, Terminal: false));
        VsockStream stdout = await sandbox.Agent.StreamAsync("s1", 1);
        Task writing = Task.Run(
            async () =>
            {
                await stdout.WriteAsync(new byte[Bytes], Token);
                stdout.ShutdownSend();
                (await sandbox.Agent.StreamAsync("s1", 2)).ShutdownSend();
            },
            Token);
        sandbox.Agent.Exit("s1", 0);
        await sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token);

        await using var reader = new FdStream(FileDescriptor.Open(fifo, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK));
        byte[] buffer = new byte[64 * 1024];
        int total = 0;
        for (int count; total < Bytes && (count = await reader.ReadAsync(buffer, Token).AsTask().WaitAsync(Soon, Token)) > 0; total += count)
        {
        }

        await writing.WaitAsync(Soon, Token);
        Assert.Equal(Bytes, total);
    }

    [Fact]
    public async Task AStoppedContainersNumbers_AreKeptUntilItIsDeleted()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        sandbox.Agent.Exit("s1", 0);
        await sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token);

        Assert.Equal(42ul, (await sandbox.Driver.StatsAsync(SandboxHarness.Id(), Token).WaitAsync(Soon, Token)).CgroupStats.PidsStats.Limit);
        await sandbox.Driver.DeleteAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token);
        SkerryException gone = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.StatsAsync(SandboxHarness.Id(), Token));
        Assert.Equal(FailureKind.NotFound, gone.Kind);
    }

    [Fact]
    public async Task AFifoWhoseReaderComesLate_LosesNothing()
    {
        await using var sandbox = new SandboxHarness();
        string fifo = sandbox.TemporaryPath("fifo");
        Fifos.Make(fifo, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await sandbox.RunAsync(stdio: new StdioConfig(string.Empty, fifo, string.Empty, Terminal: false));
        VsockStream stdout = await sandbox.Agent.StreamAsync("s1", 1);
        await stdout.WriteAsync("hello"u8.ToArray(), Token);
        stdout.ShutdownSend();
        sandbox.Agent.Exit("s1", 0);
        await sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token);

        await using var reader = new FdStream(FileDescriptor.Open(fifo, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK));
        byte[] buffer = new byte[16];
        int count = await reader.ReadAsync(buffer, Token);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, count));
        Assert.Equal(0, await reader.ReadAsync(buffer, Token));
    }

    [Fact]
    public async Task Input_ReachesTheGuest_AndEndsWhenTheManagerSaysSo()
    {
        await using var sandbox = new SandboxHarness();
        string fifo = sandbox.TemporaryPath("fifo");
        Fifos.Make(fifo, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await sandbox.RunAsync(stdio: new StdioConfig(fifo, string.Empty, string.Empty, Terminal: false));
        VsockStream stdin = await sandbox.Agent.StreamAsync("s1", 0);
        byte[] buffer = new byte[16];
        await using (var writer = new FdStream(FileDescriptor.Open(fifo, OpenFlags.O_WRONLY)))
        {
            await writer.WriteAsync("typed"u8.ToArray(), Token);
            Assert.Equal(5, await stdin.ReadAsync(buffer, Token));
        }

        ValueTask<int> end = stdin.ReadAsync(buffer, Token);
        Assert.False(end.IsCompleted);
        await sandbox.Driver.CloseInputAsync(SandboxHarness.Id(), string.Empty, Token);
        Assert.Equal(0, await end);
    }

    [Fact]
    public async Task AnExec_HasItsOwnLife_AndItsIdCanBeUsedAgain()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        ExecId exec = ExecId.Parse("e1");
        var config = new ExecConfig(new OciProcess { Args = ["true"], Cwd = "/" }, StdioConfig.None);
        await sandbox.Driver.ExecAsync(SandboxHarness.Id(), exec, config, Token);
        SkerryException twice = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.ExecAsync(SandboxHarness.Id(), exec, config, Token));
        Assert.Equal(FailureKind.AlreadyExists, twice.Kind);

        await sandbox.Driver.StartAsync(SandboxHarness.Id(), "e1", Token);
        sandbox.Agent.Exit("e1", 3);
        Assert.Equal(3, (await sandbox.Driver.WaitAsync(SandboxHarness.Id(), "e1", Token).WaitAsync(Soon, Token)).Status);
        await sandbox.Driver.DeleteAsync(SandboxHarness.Id(), "e1", Token);
        await sandbox.Driver.ExecAsync(SandboxHarness.Id(), exec, config, Token);
        Assert.Equal(
            ["/tasks/create", "/tasks/start", "/tasks/exec-added", "/tasks/exec-started", "/tasks/exit", "/tasks/exec-added"], sandbox.Events.Topics);
    }

    [Fact]
    public async Task AnExecThatCannotStart_IsStoppedAndCanBeDeleted()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        sandbox.AgentOptions.Failures["ExecProcess"] = new SkerryException(FailureKind.GuestFailed, "exec: \"nosuch\": executable file not found in $PATH");
        var config = new ExecConfig(new OciProcess { Args = ["nosuch"], Cwd = "/" }, StdioConfig.None);
        await sandbox.Driver.ExecAsync(SandboxHarness.Id(), ExecId.Parse("e1"), config, Token);
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.StartAsync(SandboxHarness.Id(), "e1", Token));
        Assert.Contains("executable file not found", error.Message, StringComparison.Ordinal);
        Assert.Equal(ProcessState.Stopped, (await sandbox.Driver.StatusAsync(SandboxHarness.Id(), "e1", Token)).State);
        await sandbox.Driver.DeleteAsync(SandboxHarness.Id(), "e1", Token);
    }

    [Fact]
    public async Task AVmmThatDies_EndsEveryContainer_With255AndTheReasonInTheLog()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        await sandbox.RunAsync("c2");
        await sandbox.Hypervisor.Machines[0].DieAsync();

        Assert.Equal(255, (await sandbox.Driver.WaitAsync(SandboxHarness.Id("c2"), string.Empty, Token).WaitAsync(Soon, Token)).Status);
        Assert.Equal(255, (await sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token)).Status);
        Assert.Contains(sandbox.Log.Lines, line => line.Contains("killed by signal 9", StringComparison.Ordinal) && line.Contains("last words", StringComparison.Ordinal));
        await sandbox.Driver.Ended.WaitAsync(Soon, Token);
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
        Assert.Equal(255, (await sandbox.Driver.DeleteAsync(SandboxHarness.Id(), string.Empty, Token)).Status);
    }

    [Fact]
    public async Task ASilentAgent_EndsTheCreation_WithTheConsolesLastWords()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.Silent = true;
        sandbox.Config = new SkerryConfig { Agent = new AgentConfig { DialTimeout = TimeSpan.FromMilliseconds(300) } };
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.CreateAsync(sandbox.Container(), Token));
        Assert.Contains("Health.Check", error.Message, StringComparison.Ordinal);
        Assert.Contains("last words", error.Message, StringComparison.Ordinal);
        await sandbox.Driver.Ended.WaitAsync(Soon, Token);
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
        Assert.Empty(sandbox.Events.Topics);
    }

    [Fact]
    public async Task AConfigurationThatCannotBeRead_LeavesNoRecordBesideTheShimsSocket()
    {
        await using var sandbox = new SandboxHarness();
        Directory.CreateDirectory(sandbox.Paths.Directory);
        File.WriteAllText(sandbox.Paths.ShimSocket, string.Empty);
        sandbox.ConfigurationFailure = new SkerryException(FailureKind.InvalidArgument, "bad line");
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.CreateAsync(sandbox.Container(), Token));
        Assert.Equal("bad line", error.Message);
        await sandbox.Driver.Ended.WaitAsync(Soon, Token);
        Assert.Equal([sandbox.Paths.ShimSocket], Directory.EnumerateFileSystemEntries(sandbox.Paths.Directory));
    }

    [Fact]
    public async Task AMachineThatCannotStart_LeavesNothing()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Hypervisor.Failure = new SkerryException(FailureKind.HostDenied, "no qemu");
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.CreateAsync(sandbox.Container(), Token));
        Assert.Equal("no qemu", error.Message);
        await sandbox.Driver.Ended.WaitAsync(Soon, Token);
        Assert.True(sandbox.Share.Disposed);
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
    }

    [Fact]
    public async Task AContainerThatFails_InALivingSandbox_LeavesTheOthersAlone()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        sandbox.AgentOptions.Failures["CreateContainer"] = new SkerryException(FailureKind.GuestFailed, "no room");
        await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.CreateAsync(sandbox.Container("c2"), Token));
        Assert.Contains("remove c2", sandbox.Share.Log);
        Assert.Equal(ProcessState.Running, (await sandbox.Driver.StatusAsync(SandboxHarness.Id(), string.Empty, Token)).State);

        sandbox.AgentOptions.Failures.Clear();
        await sandbox.RunAsync("c2");
    }

    [Fact]
    public async Task ARootFsThatCannotBeMounted_NamesItself_AndLeavesNothing()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.Share.RootFsFailure = new SkerryException(FailureKind.InvalidArgument, "bad mount");
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.CreateAsync(sandbox.Container(), Token));
        Assert.Equal("bad mount", error.Message);
        await sandbox.Driver.Ended.WaitAsync(Soon, Token);
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
    }

    [Fact]
    public async Task TwoCreatesAtOnce_ShareOneMachine()
    {
        await using var sandbox = new SandboxHarness();
        await Task.WhenAll(sandbox.Driver.CreateAsync(sandbox.Container(), Token), sandbox.Driver.CreateAsync(sandbox.Container("c2"), Token));
        Assert.Single(sandbox.Hypervisor.Machines);
        Assert.Equal(2, (await sandbox.Driver.ListAsync()).Count);
    }

    [Fact]
    public async Task TheSameIdTwice_IsRefused()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.CreateAsync(sandbox.Container(), Token));
        Assert.Equal(FailureKind.AlreadyExists, error.Kind);
        Assert.Equal(ProcessState.Running, (await sandbox.Driver.StatusAsync(SandboxHarness.Id(), string.Empty, Token)).State);
    }

    [Fact]
    public async Task StoppingWhileTheMachineBoots_EndsTheCreation()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.Silent = true;
        Task<int> create = sandbox.Driver.CreateAsync(sandbox.Container(), Token);
        while (sandbox.Hypervisor.Machines.Count == 0)
        {
            await Task.Delay(5, Token);
        }

        await sandbox.Driver.StopAsync().WaitAsync(Soon, Token);
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => create.WaitAsync(Soon, Token));
        Assert.Contains("was stopped", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
    }

    [Fact]
    public async Task ACreatedContainer_CanBeKilledAndDeleted_WithoutAStart()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.Driver.CreateAsync(sandbox.Container(), Token);
        Assert.Equal(137, (await sandbox.Driver.DeleteAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token)).Status);
        Assert.DoesNotContain("/tasks/start", sandbox.Events.Topics);
    }

    [Fact]
    public async Task ARunningContainer_IsNotDeleted_AndAStoppedOneIsNotKilled()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        await sandbox.RunAsync("c2");
        SkerryException running = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.DeleteAsync(SandboxHarness.Id("c2"), string.Empty, Token));
        Assert.Equal("cannot delete a running process", running.Message);

        await sandbox.Driver.KillAsync(SandboxHarness.Id("c2"), string.Empty, 9, all: false, Token);
        Assert.Equal(137, (await sandbox.Driver.WaitAsync(SandboxHarness.Id("c2"), string.Empty, Token).WaitAsync(Soon, Token)).Status);
        SkerryException again = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.KillAsync(SandboxHarness.Id("c2"), string.Empty, 9, all: false, Token));
        Assert.Equal((FailureKind.NotFound, "process already finished"), (again.Kind, again.Message));

        await sandbox.Driver.DeleteAsync(SandboxHarness.Id("c2"), string.Empty, Token);
        await sandbox.RunAsync("c2");
    }

    [Fact]
    public async Task AFrozenContainer_RefusesExec_UntilItIsResumed()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        await sandbox.Driver.PauseAsync(SandboxHarness.Id(), Token);
        var config = new ExecConfig(new OciProcess { Args = ["true"], Cwd = "/" }, StdioConfig.None);
        SkerryException frozen = await Assert.ThrowsAsync<SkerryException>(() => sandbox.Driver.ExecAsync(SandboxHarness.Id(), ExecId.Parse("e"), config, Token));
        Assert.Equal("cannot exec in a paused state", frozen.Message);
        await sandbox.Driver.ResumeAsync(SandboxHarness.Id(), Token);
        await sandbox.Driver.ExecAsync(SandboxHarness.Id(), ExecId.Parse("e"), config, Token);
        Assert.Contains("/tasks/paused", sandbox.Events.Topics);
        Assert.Contains("/tasks/resumed", sandbox.Events.Topics);
    }

    [Fact]
    public async Task LackOfMemory_IsReported_OnlyForContainersWeKnow()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        await sandbox.AgentOptions.OutOfMemory.Writer.WriteAsync("somebody-else", Token);
        await sandbox.AgentOptions.OutOfMemory.Writer.WriteAsync("s1", Token);
        while (!sandbox.Events.Topics.Contains("/tasks/oom"))
        {
            await Task.Delay(5, Token);
        }

        Assert.Equal("s1", sandbox.Events.Last<TaskOOM>().ContainerId);
        Assert.Single(sandbox.Events.Topics, topic => topic == "/tasks/oom");
    }

    [Fact]
    public async Task AFileDaemonThatDies_EndsTheSandbox_AndIsNamed()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        sandbox.Share.Loss.SetResult("the virtio-fs daemon was killed by signal 9");
        Assert.Equal(255, (await sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token)).Status);
        Assert.Contains(sandbox.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("virtio-fs daemon was killed", StringComparison.Ordinal));
        await sandbox.Driver.Ended.WaitAsync(Soon, Token);
    }

    [Fact]
    public async Task AFileDaemonThatDiesWhileTheMachineBoots_EndsTheCreation_AtOnce()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.Silent = true;
        sandbox.Share.Loss.SetResult("the virtio-fs daemon was killed by signal 9");
        SkerryException error = await Assert.ThrowsAnyAsync<SkerryException>(() => sandbox.Driver.CreateAsync(sandbox.Container(), Token).WaitAsync(Soon, Token));
        Assert.Equal("the virtio-fs daemon was killed by signal 9", error.Message);
        Assert.False(Directory.Exists(sandbox.Paths.Directory));
    }

    [Fact]
    public async Task AGuestThatIgnoresSigkill_LosesItsMachine()
    {
        await using var sandbox = new SandboxHarness();
        sandbox.AgentOptions.IgnoresKill = true;
        sandbox.AgentOptions.Hold = "SignalProcess";
        await sandbox.RunAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await sandbox.Driver.KillAsync(SandboxHarness.Id(), string.Empty, 9, all: false, patience.Token);
        Assert.Equal(137, (await sandbox.Driver.WaitAsync(SandboxHarness.Id(), string.Empty, Token).WaitAsync(Soon, Token)).Status);
    }

    [Fact]
    public async Task TheUnixFace_LeadsToTheGuest()
    {
        await using var sandbox = new SandboxHarness();
        await sandbox.RunAsync();
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(sandbox.Paths.VsockSocket), Token);
        await socket.SendAsync("CONNECT 1024\n"u8.ToArray(), Token);
        byte[] answer = new byte[32];
        int count = await socket.ReceiveAsync(answer, Token);
        Assert.StartsWith("OK ", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
    }
}
