using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Sandbox;

/// <summary>The agent's calls that the engine makes, each with its limit. Thread-safe.</summary>
internal sealed class AgentClient(TtrpcClient client, TimeSpan createContainerTimeout) : IAsyncDisposable
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    /// <summary>Completes when the connection has ended.</summary>
    internal Task Closed => client.Closed;

    internal Task<HealthCheckResponse> CheckAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        client.CallAsync(ServiceNames.Health, "Check", new CheckRequest(), HealthCheckResponse.Parser, limit, cancellationToken);

    internal Task CreateSandboxAsync(CreateSandboxRequest request, CancellationToken cancellationToken) => CallAsync("CreateSandbox", request, CallLimit, cancellationToken);

    /// <summary>Configures an interface of the guest, found by its Ethernet address; the agent waits a while for one that is being plugged.</summary>
    internal Task UpdateInterfaceAsync(Interface message, CancellationToken cancellationToken) => client.CallAsync(
        ServiceNames.Agent, "UpdateInterface", new UpdateInterfaceRequest { Interface = message }, Interface.Parser, CallLimit, cancellationToken);

    /// <summary>Replaces the guest's routes.</summary>
    internal Task UpdateRoutesAsync(Routes message, CancellationToken cancellationToken) => client.CallAsync(
        ServiceNames.Agent, "UpdateRoutes", new UpdateRoutesRequest { Routes = message }, Routes.Parser, CallLimit, cancellationToken);

    internal Task AddNeighborsAsync(ARPNeighbors message, CancellationToken cancellationToken) =>
        CallAsync("AddARPNeighbors", new AddARPNeighborsRequest { Neighbors = message }, CallLimit, cancellationToken);

    internal Task DestroySandboxAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        CallAsync("DestroySandbox", new DestroySandboxRequest(), limit, cancellationToken);

    internal Task CreateContainerAsync(CreateContainerRequest request, CancellationToken cancellationToken) =>
        CallAsync("CreateContainer", request, createContainerTimeout, cancellationToken);

    internal Task StartContainerAsync(string container, CancellationToken cancellationToken) =>
        CallAsync("StartContainer", new StartContainerRequest { ContainerId = container }, CallLimit, cancellationToken);

    internal Task ExecProcessAsync(ExecProcessRequest request, CancellationToken cancellationToken) => CallAsync("ExecProcess", request, CallLimit, cancellationToken);

    internal Task SignalProcessAsync(string container, string process, uint signal, TimeSpan limit, CancellationToken cancellationToken) =>
        CallAsync("SignalProcess", new SignalProcessRequest { ContainerId = container, ExecId = process, Signal = signal }, limit, cancellationToken);

    /// <summary>Waits for the end of a process, however long that takes; its status is 128 plus the number when a signal ended it.</summary>
    internal async Task<int> WaitProcessAsync(string container, string process, CancellationToken cancellationToken)
    {
        WaitProcessResponse response = await client.CallAsync(
            ServiceNames.Agent,
            "WaitProcess",
            new WaitProcessRequest { ContainerId = container, ExecId = process },
            WaitProcessResponse.Parser,
            timeout: null,
            cancellationToken).ConfigureAwait(false);
        return response.Status;
    }

    internal Task RemoveContainerAsync(string container, TimeSpan limit, CancellationToken cancellationToken) => CallAsync(
        "RemoveContainer",
        new RemoveContainerRequest { ContainerId = container, Timeout = (uint)Math.Max(1, limit.TotalSeconds) },
        limit + TimeSpan.FromSeconds(1),
        cancellationToken);

    internal Task ResizeAsync(string container, string process, uint rows, uint columns, CancellationToken cancellationToken) => CallAsync(
        "TtyWinResize",
        new TtyWinResizeRequest { ContainerId = container, ExecId = process, Row = rows, Column = columns },
        CallLimit,
        cancellationToken);

    internal Task PauseAsync(string container, CancellationToken cancellationToken) =>
        CallAsync("PauseContainer", new PauseContainerRequest { ContainerId = container }, CallLimit, cancellationToken);

    internal Task ResumeAsync(string container, CancellationToken cancellationToken) =>
        CallAsync("ResumeContainer", new ResumeContainerRequest { ContainerId = container }, CallLimit, cancellationToken);

    internal Task UpdateAsync(UpdateContainerRequest request, CancellationToken cancellationToken) => CallAsync("UpdateContainer", request, CallLimit, cancellationToken);

    /// <summary>Brings plugged processors, and memory that the kernel did not take by itself, into use; waits for the processors to appear.</summary>
    internal Task BringOnlineAsync(uint processors, bool memory, CancellationToken cancellationToken) =>
        CallAsync("OnlineCPUMem", new OnlineCPUMemRequest { NbCpus = processors, Wait = processors > 0, CpuOnly = !memory }, CallLimit, cancellationToken);

    /// <summary>The blocks by which the guest's kernel takes memory, and what is in use; zeros from a guest that cannot tell.</summary>
    internal async Task<(ulong BlockBytes, ulong OnlineBytes)> MemoryAsync(CancellationToken cancellationToken)
    {
        GuestDetailsResponse details = await client.CallAsync(
            ServiceNames.Agent, "GetGuestDetails", new GuestDetailsRequest { MemBlockSize = true }, GuestDetailsResponse.Parser, CallLimit, cancellationToken).ConfigureAwait(false);
        return (details.MemBlockSizeBytes, details.MemOnlineBytes);
    }

    internal Task<StatsContainerResponse> StatsAsync(string container, CancellationToken cancellationToken) => client.CallAsync(
        ServiceNames.Agent, "StatsContainer", new StatsContainerRequest { ContainerId = container }, StatsContainerResponse.Parser, CallLimit, cancellationToken);

    /// <summary>Waits until a container runs out of memory, and names it.</summary>
    internal async Task<string> NextOutOfMemoryAsync(CancellationToken cancellationToken)
    {
        OOMEvent response = await client.CallAsync(
            ServiceNames.Agent, "GetOOMEvent", new GetOOMEventRequest(), OOMEvent.Parser, timeout: null, cancellationToken).ConfigureAwait(false);
        return response.ContainerId;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => client.DisposeAsync();

    private Task<Empty> CallAsync<TRequest>(string method, TRequest request, TimeSpan limit, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest> =>
        client.CallAsync(ServiceNames.Agent, method, request, Empty.Parser, limit, cancellationToken);
}
