using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Core;
using Skerry.Protocols;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Cli.Containers;

/// <summary>Calls the task service of one shim for one container: the same service that containerd calls.</summary>
internal sealed class TaskClient(TtrpcClient client, ContainerId id) : IAsyncDisposable
{
    private const string Service = ServiceNames.TaskV2;

    /// <summary>Connects to a shim's socket.</summary>
    /// <param name="address">As <c>start</c> printed it: <c>unix://PATH</c>.</param>
    /// <param name="id">The container.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SkerryException">Unavailable when no shim listens there.</exception>
    public static async Task<TaskClient> ConnectAsync(string address, ContainerId id, CancellationToken cancellationToken)
    {
        string path = address.StartsWith("unix://", StringComparison.Ordinal) ? address["unix://".Length..] : address;
        return new TaskClient(new TtrpcClient(await UnixSockets.ConnectAsync(path, cancellationToken)), id);
    }

    public Task<CreateTaskResponse> CreateAsync(CreateTaskRequest request, CancellationToken cancellationToken) =>
        CallAsync("Create", request, CreateTaskResponse.Parser, cancellationToken);

    public Task StartAsync(string execId, CancellationToken cancellationToken) =>
        CallAsync("Start", new StartRequest { Id = id.Value, ExecId = execId }, StartResponse.Parser, cancellationToken);

    public Task ExecAsync(ExecProcessRequest request, CancellationToken cancellationToken) =>
        CallAsync("Exec", request, Empty.Parser, cancellationToken);

    public Task KillAsync(string execId, uint signal, bool all, CancellationToken cancellationToken) =>
        CallAsync("Kill", new KillRequest { Id = id.Value, ExecId = execId, Signal = signal, All = all }, Empty.Parser, cancellationToken);

    public Task<WaitResponse> WaitAsync(string execId, CancellationToken cancellationToken) =>
        CallAsync("Wait", new WaitRequest { Id = id.Value, ExecId = execId }, WaitResponse.Parser, cancellationToken);

    public Task<StateResponse> StateAsync(CancellationToken cancellationToken) =>
        CallAsync("State", new StateRequest { Id = id.Value }, StateResponse.Parser, cancellationToken);

    public Task<ConnectResponse> ConnectInfoAsync(CancellationToken cancellationToken) =>
        CallAsync("Connect", new ConnectRequest { Id = id.Value }, ConnectResponse.Parser, cancellationToken);

    public Task<DeleteResponse> DeleteAsync(string execId, CancellationToken cancellationToken) =>
        CallAsync("Delete", new DeleteRequest { Id = id.Value, ExecId = execId }, DeleteResponse.Parser, cancellationToken);

    public Task ResizeAsync(string execId, uint columns, uint rows, CancellationToken cancellationToken) =>
        CallAsync("ResizePty", new ResizePtyRequest { Id = id.Value, ExecId = execId, Width = columns, Height = rows }, Empty.Parser, cancellationToken);

    public Task CloseStdinAsync(string execId, CancellationToken cancellationToken) =>
        CallAsync("CloseIO", new CloseIORequest { Id = id.Value, ExecId = execId, Stdin = true }, Empty.Parser, cancellationToken);

    /// <summary>Ends the shim; a shim that is gone before it answers has done what was asked.</summary>
    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync("Shutdown", new ShutdownRequest { Id = id.Value }, Empty.Parser, cancellationToken);
        }
        catch (SkerryException error) when (error.Kind == FailureKind.Unavailable)
        {
            // It went down as asked, before its answer was read.
        }

        await client.Closed.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private Task<TResponse> CallAsync<TRequest, TResponse>(
        string method, TRequest request, MessageParser<TResponse> parser, CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> =>
        client.CallAsync(Service, method, request, parser, timeout: null, cancellationToken);
}
