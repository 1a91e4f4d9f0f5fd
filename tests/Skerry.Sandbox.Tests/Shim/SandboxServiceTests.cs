using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Skerry.Linux;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Sandboxes;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Ttrpc;
using Skerry.Sandbox.Tests.Engine;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

/// <summary>The sandbox and task services of one shim, over ttrpc, with a machine that is a fake.</summary>
public sealed class SandboxServiceTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly string _bundle = Directory.CreateTempSubdirectory("skerry-service-").FullName;
    private readonly SandboxHarness _sandbox = new();
    private readonly TtrpcServer _server = new();
    private readonly IdleMemory _memory = new();
    private TtrpcClient? _client;
    private Task? _serving;
    private int _shutdowns;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        (FileDescriptor near, FileDescriptor far) = SocketPair.Create();
        new SandboxService(_sandbox.Driver, NullLogger.Instance, configPath: null, unifiedCgroups: false, _memory, () => _shutdowns++).Register(_server);
        new TaskService(_sandbox.Driver, NullLogger.Instance, unifiedCgroups: false, _memory, () => _shutdowns++).Register(_server);
        _serving = _server.ServeAsync(new FdStream(far), CancellationToken.None);
        _client = new TtrpcClient(new FdStream(near));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _client!.DisposeAsync();
        await _server.DisposeAsync();
        await _serving!.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _sandbox.DisposeAsync();
        _memory.Dispose();
        Directory.Delete(_bundle, recursive: true);
    }

    [Fact]
    public async Task AContainersShutdown_LeavesTheSandbox_AndOneInItsOwnNameEndsIt()
    {
        await CallAsync("CreateSandbox", new CreateSandboxRequest { SandboxId = "s1", BundlePath = _bundle }, CreateSandboxResponse.Parser);
        await CallAsync("StartSandbox", new StartSandboxRequest { SandboxId = "s1" }, StartSandboxResponse.Parser);
        await ShutdownAsync("c1");
        Assert.Equal(0, _shutdowns);
        Assert.Equal("SANDBOX_READY", (await StatusAsync()).State);
        await ShutdownAsync("s1");
        Assert.Equal(1, _shutdowns);
        Assert.Equal("SANDBOX_NOTREADY", (await StatusAsync()).State);
    }

    [Fact]
    public async Task ASandboxOfAPauseContainer_AnswersToo_AndEndsWithItsLastTask()
    {
        await _sandbox.RunAsync();
        SandboxStatusResponse status = await StatusAsync();
        Assert.Equal(("SANDBOX_READY", "s1"), (status.State, status.Info["containers"]));
        SandboxMetricsResponse metrics = await CallAsync("SandboxMetrics", new SandboxMetricsRequest { SandboxId = "s1" }, SandboxMetricsResponse.Parser);
        Assert.Equal("io.containerd.cgroups.v1.Metrics", metrics.Metrics.Data.TypeUrl);
        _sandbox.Agent.Exit("s1", 0);
        Assert.Equal(0u, (await CallAsync("WaitSandbox", new WaitSandboxRequest { SandboxId = "s1" }, WaitSandboxResponse.Parser)).ExitStatus);
        await _sandbox.Driver.DeleteAsync(SandboxHarness.Id(), string.Empty, Token);
        await ShutdownAsync("s1");
        Assert.Equal(1, _shutdowns);
    }

    [Theory]
    [InlineData(TtrpcStatusCode.NotFound, "other", "serves sandbox \"s1\", not \"other\"")]
    [InlineData(TtrpcStatusCode.NotFound, "s1", "was not created")]
    public async Task WhatIsNotThere_IsNotFound(TtrpcStatusCode code, string id, string words)
    {
        TtrpcException error = await Assert.ThrowsAsync<TtrpcException>(() => CallAsync("StopSandbox", new StopSandboxRequest { SandboxId = id }, StopSandboxResponse.Parser));
        Assert.Equal(code, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AShutdown_NeedsNoSandbox()
    {
        await CallAsync("ShutdownSandbox", new ShutdownSandboxRequest { SandboxId = "s1" }, ShutdownSandboxResponse.Parser);
        Assert.Equal(1, _shutdowns);
    }

    private Task<SandboxStatusResponse> StatusAsync() =>
        CallAsync("SandboxStatus", new SandboxStatusRequest { SandboxId = "s1", Verbose = true }, SandboxStatusResponse.Parser);

    private Task<Empty> ShutdownAsync(string id) =>
        _client!.CallAsync(ServiceNames.TaskV3, "Shutdown", new ShutdownRequest { Id = id }, Empty.Parser, Soon, Token);

    private Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, MessageParser<TResponse> parser)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => _client!.CallAsync(ServiceNames.Sandbox, method, request, parser, Soon, Token);
}
