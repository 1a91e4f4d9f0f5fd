using Skerry.Agent.Guest;
using Skerry.Agent.Tests.Harness;
using Skerry.Linux;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Tests.Rpc;

/// <summary>Calls about the guest itself, as far as a host can stand in for one.</summary>
public sealed class GuestTests : IAsyncLifetime
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
    public async Task Health_SaysServingAndVersion()
    {
        // In the agent the native code is linked in and its clock runs from the start; here it is loaded with the first call to it.
        ulong before = (ulong)MachineClock.SinceStart().TotalMicroseconds;
        HealthCheckResponse health = await _agent.Client.CallAsync(
            ServiceNames.Health, "Check", new CheckRequest(), HealthCheckResponse.Parser, null, AgentHarness.Limit());
        VersionCheckResponse version = await _agent.Client.CallAsync(
            ServiceNames.Health, "Version", new CheckRequest(), VersionCheckResponse.Parser, null, AgentHarness.Limit());

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        Assert.InRange(health.RunningUs, before + 1, (ulong)MachineClock.SinceStart().TotalMicroseconds);
        Assert.Equal("0.0.1", version.GrpcVersion);
        Assert.Matches(@"^\d+\.\d+\.\d+$", version.AgentVersion);
    }

    [Fact]
    public async Task GuestDetails_NameTheStorageDrivers()
    {
        GuestDetailsResponse details = await _agent.CallAsync("GetGuestDetails", new GuestDetailsRequest(), GuestDetailsResponse.Parser);

        Assert.False(details.AgentDetails.InitDaemon);
        Assert.Contains("virtio-fs", details.AgentDetails.StorageHandlers);
    }

    [Fact]
    public async Task Metrics_HaveKatasNames()
    {
        string text = (await _agent.CallAsync("GetMetrics", new GetMetricsRequest(), Metrics.Parser)).Metrics_;

        string[] names =
        [
            "kata_agent_threads", "kata_agent_total_rss", "kata_guest_meminfo{item=\"memtotal\"}", "kata_guest_cpu_time{cpu=\"total\",item=\"user\"}",
            "kata_guest_load{item=\"load1\"}",
        ];
        Assert.All(names, name => Assert.Contains($"\n{name}", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ASecondSandbox_IsRefused()
    {
        await _agent.CallAsync("CreateSandbox", new CreateSandboxRequest { Hostname = "one", Dns = { "nameserver 10.0.0.1" } });

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => _agent.CallAsync("CreateSandbox", new CreateSandboxRequest()));

        Assert.Equal(TtrpcStatusCode.FailedPrecondition, error.Code);
        Assert.Equal("nameserver 10.0.0.1\n", File.ReadAllText(_agent.Paths.ResolvConf));
    }

    [Fact]
    public async Task DestroySandbox_EndsItsContainers()
    {
        TestContainer container = await _agent.Container("c1").Run("sleep", "1000").StartAsync();
        Task<int> wait = container.WaitAsync();

        await _agent.CallAsync("DestroySandbox", new DestroySandboxRequest());

        Assert.Equal(137, await wait);
        Assert.Empty(Directory.GetDirectories($"{_agent.Paths.Cgroups}/containers"));
    }

    [Fact]
    public async Task TheEndOfAMachine_KillsContainersAndLeavesTheRestToIt()
    {
        await using AgentHarness guest = await AgentHarness.StartAsync(ownsMachine: true);
        TestContainer container = await guest.Container("c1").Run("sleep", "1000").StartAsync();
        Task<int> wait = container.WaitAsync();

        await guest.CallAsync("DestroySandbox", new DestroySandboxRequest());

        Assert.Equal(137, await wait);
        Assert.Single(Directory.GetDirectories($"{guest.Paths.Cgroups}/containers"));
    }

    [Fact]
    public async Task Interfaces_AreListed()
    {
        Interfaces interfaces = await _agent.CallAsync("ListInterfaces", new ListInterfacesRequest(), Interfaces.Parser);

        Assert.Contains(interfaces.Interfaces_, i => i.Name == "lo");
    }

    [Theory]
    [InlineData("02:00:00:00:00:99", TtrpcStatusCode.NotFound)]
    [InlineData("nonsense", TtrpcStatusCode.InvalidArgument)]
    public async Task AnInterfaceThatIsNotThere_IsAnError(string mac, TtrpcStatusCode code)
    {
        var wanted = new Interface { Name = "eth0", HwAddr = mac };

        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(
            () => _agent.CallAsync("UpdateInterface", new UpdateInterfaceRequest { Interface = wanted }, Interface.Parser));

        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void MemoryInUse_IsCountedByItsBlocks()
    {
        DirectoryInfo memory = Directory.CreateTempSubdirectory("skerry-memory-");
        try
        {
            File.WriteAllText($"{memory.FullName}/block_size_bytes", "8000000\n");
            foreach ((string block, string state) in ((string, string)[])[("memory0", "online"), ("memory1", "online"), ("memory32", "offline"), ("memory33", "going-offline")])
            {
                File.WriteAllText($"{memory.CreateSubdirectory(block).FullName}/state", state + "\n");
            }

            Assert.Equal(256ul << 20, GuestDetails.OnlineBytes(memory.FullName));
            Assert.Equal(0ul, GuestDetails.OnlineBytes($"{memory.FullName}/nothing"));
        }
        finally
        {
            memory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task PluggedProcessors_AreTakenIntoUse()
    {
        DirectoryInfo system = Directory.CreateTempSubdirectory("skerry-hotplug-");
        try
        {
            foreach ((string device, string state) in ((string, string)[])[("cpu/cpu0", "1"), ("cpu/cpu1", "0"), ("cpu/cpu2", "0"), ("memory/memory7", "0")])
            {
                File.WriteAllText($"{system.CreateSubdirectory(device).FullName}/online", state + "\n");
            }

            await new HotplugSwitch(system.FullName).OnlineAsync(new OnlineCPUMemRequest { NbCpus = 1, Wait = true }, AgentHarness.Limit());

            Assert.Single(new[] { 1, 2 }, i => File.ReadAllText($"{system.FullName}/cpu/cpu{i}/online").Trim() == "1");
            Assert.StartsWith("1", File.ReadAllText($"{system.FullName}/memory/memory7/online"), StringComparison.Ordinal);
        }
        finally
        {
            system.Delete(recursive: true);
        }
    }
}
