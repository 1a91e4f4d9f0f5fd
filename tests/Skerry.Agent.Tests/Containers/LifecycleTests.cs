using Skerry.Agent.Tests.Harness;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Tests.Containers;

public sealed class LifecycleTests : IAsyncLifetime
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
    public async Task OutputErrorAndStatus_ReachTheHost()
    {
        ProcessResult result = await _agent.Container("c1").Shell("echo out; echo err >&2; exit 42").RunAsync();

        Assert.Equal(new ProcessResult(42, "out\n", "err\n"), result);
    }

    [Fact]
    public async Task Input_IsReadToItsEnd()
    {
        string text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i}\n"));

        ProcessResult result = await _agent.Container("c1").Run("cat").RunAsync(text);

        Assert.Equal(0, result.Status);
        Assert.Equal(text, result.Output);
    }

    [Fact]
    public async Task NothingRuns_BeforeTheStart()
    {
        await using TestContainer container = await _agent.Container("c1").Shell("echo started > /started").CreateAsync();
        Assert.False(File.Exists($"{container.Rootfs.Path}/started"));

        await container.StartAsync();

        Assert.Equal(0, await container.WaitAsync());
        Assert.True(File.Exists($"{container.Rootfs.Path}/started"));
    }

    [Fact]
    public async Task AContainerThatNeverStarted_CanBeRemoved()
    {
        TestContainer container = await _agent.Container("c1").Run("sleep", "1000").CreateAsync();

        await container.RemoveAsync();

        await Assert.ThrowsAsync<TtrpcException>(() => container.StartAsync());
    }

    [Fact]
    public async Task ACreatedContainer_CanBeKilled()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").CreateAsync();

        await container.SignalAsync(9);

        Assert.Equal(137, await container.WaitAsync());
    }

    [Fact]
    public async Task AKilledProcess_HasStatus128PlusTheSignal()
    {
        await using TestContainer container = await _agent.Container("c1").Shell("kill -USR1 $$; trap '' USR1; sleep 1000").StartAsync();
        await container.SignalAsync(9);

        Assert.Equal(137, await container.WaitAsync());
    }

    [Fact]
    public async Task TermToAnInitWithoutAHandler_Kills()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();

        await container.SignalAsync(15);

        Assert.Equal(137, await container.WaitAsync());
    }

    [Fact]
    public async Task TermToAnInitWithAHandler_IsDelivered()
    {
        await using TestContainer container = await _agent.Container("c1")
            .Shell("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done").StartAsync();
        await container.Streams!.ReadUntilAsync("ready\n");

        await container.SignalAsync(15);

        await container.Streams.ReadUntilAsync("bye\n");
        Assert.Equal(7, await container.WaitAsync());
    }

    [Fact]
    public async Task ASignalToAFinishedProcess_IsNoError()
    {
        await using TestContainer container = await _agent.Container("c1").Run("true").StartAsync();
        await container.WaitAsync();

        await container.SignalAsync(15);
        await container.SignalAsync(9);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    [InlineData(1 << 31)]
    public async Task AnImpossibleSignal_IsRefusedOrIgnored(int signal)
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();

        if (signal == 0)
        {
            await container.SignalAsync(signal);
        }
        else
        {
            Assert.Equal(TtrpcStatusCode.InvalidArgument, (await Assert.ThrowsAsync<TtrpcException>(() => container.SignalAsync(signal))).Code);
        }
    }

    [Fact]
    public async Task UnknownNames_HaveTheCodesKataExpects()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();

        TtrpcException noContainer = await Assert.ThrowsAsync<TtrpcException>(
            () => _agent.CallAsync("WaitProcess", new WaitProcessRequest { ContainerId = "c2" }, WaitProcessResponse.Parser));
        TtrpcException noExec = await Assert.ThrowsAsync<TtrpcException>(() => container.WaitAsync("e9"));

        Assert.Equal((TtrpcStatusCode.InvalidArgument, TtrpcStatusCode.NotFound), (noContainer.Code, noExec.Code));
    }

    [Fact]
    public async Task TheSameIdTwice_IsRefused()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").CreateAsync();
        var again = new CreateContainerRequest { ContainerId = "c1", OCI = new Protocols.Agent.Oci.Spec() };

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.CallAsync("CreateContainer", again));

        Assert.Equal(TtrpcStatusCode.AlreadyExists, error.Code);
    }

    [Fact]
    public async Task ARemovedContainer_LeavesNothing()
    {
        TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();
        Assert.NotEmpty(Directory.GetDirectories($"{_agent.Paths.Cgroups}/containers"));

        await container.RemoveAsync();

        Assert.Empty(Directory.GetDirectories($"{_agent.Paths.Cgroups}/containers"));
        Assert.DoesNotContain(_agent.DirectoryPath, File.ReadAllText("/proc/self/mounts"), StringComparison.Ordinal);
        await _agent.Container("c1-again").With(r => r.ContainerId = "c1").Run("true").RunAsync();
    }

    [Fact]
    public async Task APausedContainer_StandsStill()
    {
        await using TestContainer container = await _agent.Container("c1").Shell("i=0; while :; do i=$((i+1)); echo $i > /count; [ $i != 1 ] || echo counted; done").StartAsync();
        await container.Streams!.ReadUntilAsync("counted");

        await _agent.CallAsync("PauseContainer", new PauseContainerRequest { ContainerId = "c1" });
        string before = File.ReadAllText($"{container.Rootfs.Path}/count");
        TtrpcException exec = await Assert.ThrowsAsync<TtrpcException>(() => container.RunExecAsync("e1", "true"));
        string after = File.ReadAllText($"{container.Rootfs.Path}/count");
        await _agent.CallAsync("ResumeContainer", new ResumeContainerRequest { ContainerId = "c1" });

        Assert.Equal(before, after);
        Assert.Equal(TtrpcStatusCode.FailedPrecondition, exec.Code);
        Assert.Equal(0, (await container.RunExecAsync("e2", "true")).Status);
    }

    [Fact]
    public async Task APausedContainer_CanBeKilled()
    {
        await using TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();
        await _agent.CallAsync("PauseContainer", new PauseContainerRequest { ContainerId = "c1" });

        await container.SignalAsync(9);

        Assert.Equal(137, await container.WaitAsync());
    }

    [Fact]
    public async Task Statistics_CountProcessorTime()
    {
        await using TestContainer container = await _agent.Container("c1").Shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo done; sleep 1000").StartAsync();
        await container.Streams!.ReadUntilAsync("done");

        StatsContainerResponse stats = await _agent.CallAsync(
            "StatsContainer", new StatsContainerRequest { ContainerId = "c1" }, StatsContainerResponse.Parser);

        Assert.True(stats.CgroupStats.CpuStats.CpuUsage.TotalUsage > 0);
        Assert.Contains(stats.NetworkStats, n => n.Name == "lo");
    }

    [Fact]
    public async Task AMethodWeDoNotHave_IsNamed()
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.CallAsync("SetPolicy", new SetPolicyRequest()));

        Assert.Equal(TtrpcStatusCode.Unimplemented, error.Code);
        Assert.Contains("SetPolicy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwentyContainersAtOnce_AllAnswer()
    {
        ProcessResult[] results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _agent.Container($"c{i}").Shell($"echo {i}; exit {i}").RunAsync()));

        Assert.Equal(Enumerable.Range(0, 20).Select(i => new ProcessResult(i, $"{i}\n", string.Empty)), results);
    }
}
