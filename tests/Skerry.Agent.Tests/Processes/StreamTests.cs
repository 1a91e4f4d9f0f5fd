using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using Skerry.Agent.Tests.Harness;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Agent.Oci;
using Skerry.Protocols.Ttrpc;
using Process = Skerry.Protocols.Agent.Oci.Process;

namespace Skerry.Agent.Tests.Processes;

/// <summary>Standard streams and further processes.</summary>
public sealed class StreamTests : IAsyncLifetime
{
    private AgentHarness _agent = null!;

    public async ValueTask InitializeAsync() => _agent = await AgentHarness.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }
    }

    [Fact]
    public async Task AFurtherProcess_HasItsOwnStreamsAndStatus()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();

        ProcessResult result = await container.RunExecAsync("e1", "sh", "-c", "echo out; echo err >&2; readlink /proc/self/ns/mnt; readlink /proc/1/ns/mnt; exit 9");

        string[] lines = result.Text.Split('\n');
        Assert.Equal((9, "err\n", "out"), (result.Status, result.Error, lines[0]));
        Assert.Equal(lines[1], lines[2]);
        Assert.Equal(TtrpcStatusCode.NotFound, (await Assert.ThrowsAsync<TtrpcException>(() => container.WaitAsync("e1"))).Code);
        Assert.Equal(0, (await container.RunExecAsync("e1", "true")).Status);
    }

    [Fact]
    public async Task AFurtherProcess_IsSignalledByItsName()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();
        await using ProcessStreams streams = await container.ExecAsync("e1", ContainerBuilder.NewProcess("sleep", "1000"));

        await container.SignalAsync(15, "e1");

        Assert.Equal(143, await container.WaitAsync("e1"));
        Assert.Equal(0, (await container.RunExecAsync("e2", "true")).Status);
    }

    [Fact]
    public async Task TwoProcessesOfOneName_AreRefused()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();
        await using ProcessStreams streams = await container.ExecAsync("e1", ContainerBuilder.NewProcess("sleep", "1000"));

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => container.ExecAsync("e1", ContainerBuilder.NewProcess("true")));

        Assert.Equal(TtrpcStatusCode.AlreadyExists, error.Code);
    }

    [Fact]
    public async Task ExecIntoAFinishedContainer_IsRefusedInRuncsWords()
    {
        await using TestContainer container = await _agent.Container("c1").Run("true").StartAsync();
        await container.WaitAsync();

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => container.RunExecAsync("e1", "true"));

        Assert.Equal((TtrpcStatusCode.FailedPrecondition, "cannot exec a container that has stopped"), (error.Code, error.Message));
    }

    [Fact]
    public async Task AWrongCommand_FailsTheExec()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => container.RunExecAsync("e1", "foo"));

        Assert.Equal((TtrpcStatusCode.NotFound, "exec: \"foo\": executable file not found in $PATH"), (error.Code, error.Message));
    }

    [Fact]
    public async Task TheEndOfTheInit_EndsFurtherProcesses()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();
        await using ProcessStreams streams = await container.ExecAsync("e1", ContainerBuilder.NewProcess("sleep", "1000"));

        await container.SignalAsync(9);

        Assert.Equal((137, 137), (await container.WaitAsync(), await container.WaitAsync("e1")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ADaemonThatHoldsTheOutput_DoesNotHoldTheWait(bool exec)
    {
        const string Script = "echo before; sleep 1000 & exit 3";
        await using TestContainer container = await _agent.Container("c1").Shell(exec ? "sleep 1000" : $"setsid sh -c '{Script}'; exit 3").StartAsync();
        var clock = Stopwatch.StartNew();

        ProcessResult result = exec ? await container.RunExecAsync("e1", "sh", "-c", Script) : await container.Streams!.FinishAsync(container.WaitAsync(), string.Empty);

        Assert.Equal((3, "before\n"), (result.Status, result.Output));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"took {clock.Elapsed}");
    }

    [Fact]
    public async Task OutputThatNobodyReads_StopsTheWriterNotTheAgent()
    {
        await using TestContainer container = await _agent.Container("c1").Run("yes").StartAsync();
        ulong used = await CpuNsAsync();
        for (ulong before = 0; used - before > 1_000_000; used = await CpuNsAsync())
        {
            before = used;
            await Task.Delay(100, AgentHarness.Limit());
        }

        await container.SignalAsync(9);
        Assert.Equal(137, await container.WaitAsync());

        async Task<ulong> CpuNsAsync() => (await _agent.CallAsync(
            "StatsContainer", new StatsContainerRequest { ContainerId = "c1" }, StatsContainerResponse.Parser)).CgroupStats.CpuStats.CpuUsage.TotalUsage;
    }

    [Fact]
    public async Task OutputOfADeadProcess_ReachesASlowReaderWhole()
    {
        await using TestContainer container = await _agent.Container("c1").Shell("seq 1 60000; exit 4").StartAsync();
        await Task.Delay(1500, TestContext.Current.CancellationToken);

        ProcessResult result = await container.Streams!.FinishAsync(container.WaitAsync(), string.Empty);

        Assert.Equal(4, result.Status);
        Assert.EndsWith("\n59999\n60000\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(60_000, result.Output.Count(c => c == '\n'));
    }

    [Fact]
    public async Task AReaderThatGoesAway_LetsTheProcessGoOn()
    {
        await using TestContainer container = await _agent.Container("c1").Shell("yes | head -c 3000000; echo done > /done").StartAsync();

        await container.Streams!.Output.DisposeAsync();

        Assert.Equal(0, await container.WaitAsync());
        Assert.Equal("done\n", File.ReadAllText($"{container.Rootfs.Path}/done"));
    }

    [Fact]
    public async Task InputClosedByTheProcess_EndsTheHostsWrites()
    {
        await using TestContainer container = await _agent.Container("c1").Shell("exec 0<&-; sleep 1000").StartAsync();
        byte[] block = new byte[64 * 1024];

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                await container.Streams!.Input.WriteAsync(block, AgentHarness.Limit());
            }
        });
    }

    [Fact]
    public async Task ATerminal_IsOneAndHasASize()
    {
        await using TestContainer container = await _agent.Container("c1").With(r => MakeTerminal(r.OCI.Process))
            .Shell("tty; stty size; ls -l /dev/console | cut -c1; read line; stty size; echo \"got $line\"; exit 5").StartAsync();
        string first = await container.Streams!.ReadUntilAsync("\r\nc\r\n");

        await _agent.CallAsync("TtyWinResize", new TtyWinResizeRequest { ContainerId = "c1", Row = 50, Column = 132 });
        await container.Streams.WriteAsync("typed\n");
        string second = await container.Streams.ReadUntilAsync("got typed\r\n");

        Assert.Equal("/dev/pts/0\r\n24 80\r\nc\r\n", first);
        Assert.Contains("50 132", second, StringComparison.Ordinal);
        Assert.Equal(5, await container.WaitAsync());
        Assert.Equal(string.Empty, await ProcessStreams.ReadAllAsync(container.Streams.Output));
    }

    [Fact]
    public async Task ControlC_InterruptsWhatRunsOnTheTerminal()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();
        Process process = ContainerBuilder.NewProcess("sh", "-c", "trap 'echo caught; exit 130' INT; echo ready; while :; do sleep 0.05; done");
        MakeTerminal(process);
        await using ProcessStreams streams = await container.ExecAsync("e1", process);
        await streams.ReadUntilAsync("ready");

        await streams.WriteAsync("\u0003");

        await streams.ReadUntilAsync("caught");
        Assert.Equal(130, await container.WaitAsync("e1"));
    }

    [Fact]
    public async Task ResizingAPipe_IsRefused()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(
            () => _agent.CallAsync("TtyWinResize", new TtyWinResizeRequest { ContainerId = "c1", Row = 1, Column = 1 }));

        Assert.Equal(TtrpcStatusCode.FailedPrecondition, error.Code);
    }

    [Fact]
    public async Task StreamsByRequest_WorkAsForKatasRuntime()
    {
        await using TestContainer container = await _agent.Container("c1").Compatible().Shell("cat; echo err >&2; exit 6").StartAsync();

        Task<string> output = ReadAllAsync("ReadStdout");
        Task<string> error = ReadAllAsync("ReadStderr");
        WriteStreamResponse written = await _agent.CallAsync(
            "WriteStdin", new WriteStreamRequest { ContainerId = "c1", Data = ByteString.CopyFromUtf8("hello") }, WriteStreamResponse.Parser);
        await _agent.CallAsync("CloseStdin", new CloseStdinRequest { ContainerId = "c1" });

        Assert.Equal(5u, written.Len);
        Assert.Equal(("hello", "err\n", 6), (await output, await error, await container.WaitAsync()));
        TtrpcException closed = await Assert.ThrowsAsync<TtrpcException>(() => _agent.CallAsync(
            "WriteStdin", new WriteStreamRequest { ContainerId = "c1", Data = ByteString.CopyFromUtf8("more") }, WriteStreamResponse.Parser));
        Assert.Equal(TtrpcStatusCode.FailedPrecondition, closed.Code);
    }

    [Fact]
    public async Task OutputOfAWaitedForProcess_CanStillBeRead()
    {
        await using TestContainer container = await _agent.Container("c1").Compatible().Run("sleep", "1000").StartAsync();
        await _agent.CallAsync("ExecProcess", new ExecProcessRequest { ContainerId = "c1", ExecId = "e1", Process = ContainerBuilder.NewProcess("echo", "late") });

        Assert.Equal(0, await container.WaitAsync("e1"));

        Assert.Equal("late\n", await ReadAllAsync("ReadStdout", "e1"));
    }

    [Fact]
    public async Task NoStreamAtAll_IsTheNullDevice()
    {
        const uint None = uint.MaxValue;
        await using TestContainer container = await _agent.Container("c1").Compatible()
            .With(r => (r.StdinPort, r.StdoutPort, r.StderrPort) = (None, None, None)).Shell("(sleep 0; readlink /proc/1/fd/1) > /where; yes | head -c 1000000; cat").StartAsync();

        Assert.Equal(0, await container.WaitAsync());
        Assert.Equal("/dev/null\n", File.ReadAllText($"{container.Rootfs.Path}/where"));
    }

    [Fact]
    public async Task AStreamThatNeverComes_FailsTheCreation()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(
            () => _agent.Container("c1").Compatible().With(r => r.StdoutPort = 4711).Run("true").CreateAsync());

        Assert.Equal(TtrpcStatusCode.DeadlineExceeded, error.Code);
    }

    private static void MakeTerminal(Process process)
    {
        process.Terminal = true;
        process.ConsoleSize = new Box { Height = 24, Width = 80 };
    }

    private async Task<string> ReadAllAsync(string method, string execId = "")
    {
        var text = new StringBuilder();
        while (true)
        {
            ReadStreamResponse piece = await _agent.CallAsync(method, new ReadStreamRequest { ContainerId = "c1", ExecId = execId, Len = 100 }, ReadStreamResponse.Parser);
            if (piece.Data.IsEmpty)
            {
                return text.ToString();
            }

            text.Append(piece.Data.ToStringUtf8());
        }
    }
}
