using Google.Protobuf.WellKnownTypes;
using Skerry.Core;
using Skerry.Protocols;
using Skerry.Protocols.Cri;
using Skerry.Protocols.Shim.Sandboxes;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Ttrpc;
using Skerry.SystemTests.Hosts;
using CgroupsV1 = Skerry.Protocols.Metrics.CgroupsV1;
using CgroupsV2 = Skerry.Protocols.Metrics.CgroupsV2;

namespace Skerry.SystemTests;

/// <summary>The nine methods of the Sandbox API, called as containerd 2 calls them, over the real socket of the real shim.</summary>
public sealed class SandboxApiTests
{
    private const string Ready = "SANDBOX_READY";
    private const string NotReady = "SANDBOX_NOTREADY";

    [Fact]
    public async Task APod_LivesWithoutAPauseContainer()
    {
        Checkout.RequireVm();
        await using PodNetwork network = await PodNetwork.CreateAsync();
        await network.AddPodAsync("api", 7);
        await using SandboxApiShim shim = await SandboxApiShim.StartAsync("pod1", "[hypervisor.qemu]\ndefault_memory = 300\n");
        await RefusedAsync(TtrpcStatusCode.NotFound, "was not created", () => PingAsync(shim));
        await RefusedAsync(TtrpcStatusCode.FailedPrecondition, "was not created", () => StartAsync(shim));
        await CreateAsync(shim, Pod(), network.PathOf("api"));
        await RefusedAsync(TtrpcStatusCode.AlreadyExists, "exists already", () => CreateAsync(shim, Pod(), network.PathOf("api")));
        await RefusedAsync(TtrpcStatusCode.Unknown, "was not started", () => SandboxApiContainer.RunAsync(shim, "early", "true"));
        Platform(await shim.SandboxAsync("Platform", new PlatformRequest { SandboxId = shim.Id }, PlatformResponse.Parser));
        Assert.Equal(NotReady, (await StatusAsync(shim)).State);

        Task<WaitSandboxResponse> wait = WaitAsync(shim);
        StartSandboxResponse[] started = await Task.WhenAll(StartAsync(shim), StartAsync(shim));
        Assert.Equal(HostProcesses.Find("qemu-system", shim.StateDirectory), (int)started[0].Pid);
        Assert.Equal(started[0], started[1]);
        await PingAsync(shim);
        SandboxStatusResponse ready = await StatusAsync(shim);
        Assert.Equal((Ready, started[0].Pid, shim.Id), (ready.State, ready.Pid, ready.SandboxId));
        Assert.Equal("300", ready.Info["memory_mib"]);
        await MetricsCountAsync(shim);

        // As containerd finds it when it comes back: the sandbox has no task of its own.
        await RefusedAsync(TtrpcStatusCode.NotFound, "does not exist", () => shim.TaskAsync("Pids", new PidsRequest { Id = shim.Id }, PidsResponse.Parser));
        Assert.Equal(started[0].Pid, (await shim.TaskAsync("Connect", new ConnectRequest { Id = shim.Id }, ConnectResponse.Parser)).TaskPid);

        SandboxApiContainer first = await SandboxApiContainer.RunAsync(
            shim, "c1", "hostname; cat /etc/hostname /etc/resolv.conf /proc/sys/net/core/somaxconn; ip -4 -o address show eth0; echo shared >/dev/shm/file");
        string[] lines = (await first.EndAsync()).Split('\n');
        Assert.Equal(["pod-name", "pod-name", "search example.org", "nameserver 10.88.0.1", "options ndots:5", "999"], lines[..6]);
        Assert.Contains("10.88.0.7/16", lines[6], StringComparison.Ordinal);
        SandboxApiContainer second = await SandboxApiContainer.RunAsync(shim, "c2", "cat /dev/shm/file");
        Assert.Equal("shared\n", await second.EndAsync());
        await PingAsync(shim);

        await Task.WhenAll(StopAsync(shim), StopAsync(shim));
        await StopAsync(shim);
        WaitSandboxResponse ended = await wait;
        Assert.Equal(0u, ended.ExitStatus);
        Assert.Equal(ended, await WaitAsync(shim));
        SandboxStatusResponse gone = await StatusAsync(shim);
        Assert.Equal((NotReady, ended.ExitedAt), (gone.State, gone.ExitedAt));
        await RefusedAsync(TtrpcStatusCode.FailedPrecondition, "has ended: it was stopped", () => PingAsync(shim));
        await RefusedAsync(TtrpcStatusCode.FailedPrecondition, "cannot be started again", () => StartAsync(shim));
        await RefusedAsync(TtrpcStatusCode.Unavailable, "is not running", () => MetricsAsync(shim));
        await ShutdownAsync(shim);
    }

    [Fact]
    public async Task AKilledMachine_EndsTheWait_AndTheStatusSaysWhy()
    {
        await using SandboxApiShim shim = await SandboxApiShim.StartAsync("pod2", string.Empty);
        await CreateAsync(shim, Pod());
        StartSandboxResponse started = await StartAsync(shim);
        SandboxApiContainer container = await SandboxApiContainer.RunAsync(shim, "c1", "sleep 1000");
        Task<WaitSandboxResponse> wait = WaitAsync(shim);
        Task<WaitResponse> task = container.WaitAsync();
        HostProcesses.Kill((int)started.Pid);

        Assert.Equal(255u, (await wait).ExitStatus);
        Assert.Equal(255u, (await task).ExitStatus);
        SandboxStatusResponse status = await StatusAsync(shim);
        Assert.Equal(NotReady, status.State);
        Assert.Contains("the VMM was killed by signal 9", status.Info["reason"], StringComparison.Ordinal);
        await RefusedAsync(TtrpcStatusCode.FailedPrecondition, "killed by signal 9", () => PingAsync(shim));
        await StopAsync(shim);
        await ShutdownAsync(shim);
    }

    [Fact]
    public async Task AKilledShim_IsCleanedUpByDelete_Twice()
    {
        await using SandboxApiShim shim = await SandboxApiShim.StartAsync("pod3", string.Empty);
        await CreateAsync(shim, Pod());
        await StartAsync(shim);
        HostProcesses.Kill(int.Parse(await File.ReadAllTextAsync(Path.Combine(shim.Bundle, "shim.pid")), System.Globalization.CultureInfo.InvariantCulture));
        await shim.Client.Closed;
        Assert.Equal(137u, (await shim.DeleteAsync()).ExitStatus);
        Assert.Equal(137u, (await shim.DeleteAsync()).ExitStatus);
        await shim.Leftovers.AssertNoneAsync();
    }

    [Fact]
    public async Task AnOlderContainerd_GetsAPlainAddress_AndStopsWhatNeverStarted()
    {
        await using SandboxApiShim shim = await SandboxApiShim.StartPlainAsync("pod4");
        await RefusedAsync(
            TtrpcStatusCode.NotFound,
            "this shim serves sandbox \"pod4\", not \"other\"",
            () => shim.SandboxAsync("StopSandbox", new StopSandboxRequest { SandboxId = "other" }, StopSandboxResponse.Parser));
        await RefusedAsync(TtrpcStatusCode.NotFound, "was not created", () => StopAsync(shim));
        await CreateAsync(shim, Pod());
        await StopAsync(shim);
        Assert.Equal(0u, (await WaitAsync(shim)).ExitStatus);
        await ShutdownAsync(shim);
    }

    [Fact]
    public async Task WhatASandboxDoesNotOffer_IsRefused_AndTheShimCanBeEnded()
    {
        await using SandboxApiShim shim = await SandboxApiShim.StartAsync("pod5", string.Empty);
        PodSandboxConfig users = Pod();
        users.Linux.SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = new NamespaceOption { UsernsOptions = new UserNamespace { Mode = NamespaceMode.Pod } } };
        await RefusedAsync(TtrpcStatusCode.Unimplemented, "asks for a user namespace", () => CreateAsync(shim, users));
        PodSandboxConfig node = Pod();
        node.Linux.SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = new NamespaceOption { Network = NamespaceMode.Node } };
        await CreateAsync(shim, node);
        await RefusedAsync(TtrpcStatusCode.InvalidArgument, "the host's network cannot be given to a micro-VM", () => StartAsync(shim));
        SandboxStatusResponse status = await StatusAsync(shim);
        Assert.Contains("the host's network cannot be given", status.Info["reason"], StringComparison.Ordinal);
        await ShutdownAsync(shim);
    }

    private static PodSandboxConfig Pod()
    {
        var pod = new PodSandboxConfig { Hostname = "pod-name", DnsConfig = new DNSConfig(), Linux = new LinuxPodSandboxConfig() };
        pod.DnsConfig.Searches.Add("example.org");
        pod.DnsConfig.Servers.Add("10.88.0.1");
        pod.DnsConfig.Options.Add("ndots:5");
        pod.Linux.Sysctls.Add("net.core.somaxconn", "999");
        return pod;
    }

    private static Task<CreateSandboxResponse> CreateAsync(SandboxApiShim shim, PodSandboxConfig pod, string network = "") => shim.SandboxAsync(
        "CreateSandbox",
        new CreateSandboxRequest { SandboxId = shim.Id, BundlePath = shim.Bundle, NetnsPath = network, Options = AnyMessage.Pack("runtime.v1.PodSandboxConfig", pod) },
        CreateSandboxResponse.Parser);

    private static Task<StartSandboxResponse> StartAsync(SandboxApiShim shim) =>
        shim.SandboxAsync("StartSandbox", new StartSandboxRequest { SandboxId = shim.Id }, StartSandboxResponse.Parser);

    private static Task<StopSandboxResponse> StopAsync(SandboxApiShim shim) =>
        shim.SandboxAsync("StopSandbox", new StopSandboxRequest { SandboxId = shim.Id, TimeoutSecs = 200 }, StopSandboxResponse.Parser);

    private static Task<WaitSandboxResponse> WaitAsync(SandboxApiShim shim) =>
        shim.SandboxAsync("WaitSandbox", new WaitSandboxRequest { SandboxId = shim.Id }, WaitSandboxResponse.Parser);

    private static Task<PingResponse> PingAsync(SandboxApiShim shim) => shim.SandboxAsync("PingSandbox", new PingRequest { SandboxId = shim.Id }, PingResponse.Parser);

    private static Task<SandboxStatusResponse> StatusAsync(SandboxApiShim shim) =>
        shim.SandboxAsync("SandboxStatus", new SandboxStatusRequest { SandboxId = shim.Id, Verbose = true }, SandboxStatusResponse.Parser);

    private static Task<SandboxMetricsResponse> MetricsAsync(SandboxApiShim shim) =>
        shim.SandboxAsync("SandboxMetrics", new SandboxMetricsRequest { SandboxId = shim.Id }, SandboxMetricsResponse.Parser);

    private static async Task ShutdownAsync(SandboxApiShim shim)
    {
        await shim.SandboxAsync("ShutdownSandbox", new ShutdownSandboxRequest { SandboxId = shim.Id }, ShutdownSandboxResponse.Parser);
        await Eventually.TrueAsync(() => HostProcesses.TryFind("containerd-shim-skerry-v2", shim.WorkDirectory) is null, "the shim has ended");
    }

    private static void Platform(PlatformResponse response) => Assert.Equal(("linux", "amd64"), (response.Platform.Os, response.Platform.Architecture));

    private static async Task MetricsCountAsync(SandboxApiShim shim)
    {
        Protocols.Types.Metric metric = (await MetricsAsync(shim)).Metrics;
        Assert.Equal(shim.Id, metric.Id);
        Any data = metric.Data;
        (ulong cpu, ulong memory) = data.TypeUrl == "io.containerd.cgroups.v2.Metrics"
            ? Of(CgroupsV2.Metrics.Parser.ParseFrom(data.Value))
            : Of(CgroupsV1.Metrics.Parser.ParseFrom(data.Value));
        Assert.True(cpu > 0, "a machine that has booted has used the processor");
        Assert.InRange(memory, 32UL << 20, 2UL << 30);
    }

    private static (ulong Cpu, ulong Memory) Of(CgroupsV2.Metrics metrics) => (metrics.Cpu.UsageUsec, metrics.Memory.Usage);

    private static (ulong Cpu, ulong Memory) Of(CgroupsV1.Metrics metrics) => (metrics.Cpu.Usage.Total, metrics.Memory.Usage.Usage);

    private static async Task RefusedAsync(TtrpcStatusCode code, string words, Func<Task> call)
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(call);
        Assert.Equal(code, error.Code);
        Assert.Contains(words, ErrorReport.OneLine(error), StringComparison.Ordinal);
    }
}
