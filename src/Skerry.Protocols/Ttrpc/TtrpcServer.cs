using Google.Protobuf;
using Skerry.Protocols.Ttrpc.Session;

namespace Skerry.Protocols.Ttrpc;

/// <summary>Serves registered methods over any number of ttrpc connections.</summary>
/// <remarks>
/// Every call runs in a task of its own and answers when it is ready, so a handler may wait for hours. What a handler throws becomes a
/// status: a <see cref="TtrpcException"/> its own code, a <see cref="Core.SkerryException"/> the code of its kind, with the whole chain on
/// one line; anything else Internal. A method that is not registered is answered with Unimplemented, by name.
/// </remarks>
public sealed class TtrpcServer : IAsyncDisposable
{
    private readonly MethodTable _methods = new();
    private readonly TtrpcServerOptions _options;
    private readonly Lock _lock = new();
    private readonly HashSet<ServerConnection> _connections = [];
    private bool _stopped;

    /// <summary>Makes a server without methods.</summary>
    public TtrpcServer(TtrpcServerOptions? options = null) => _options = options ?? new TtrpcServerOptions();

    /// <summary>Registers a method; all of them before the first <see cref="ServeAsync"/>.</summary>
    /// <param name="service">The full name of the service, see <see cref="ServiceNames"/>.</param>
    /// <param name="method">The name of the method.</param>
    /// <param name="parser">The parser of the request.</param>
    /// <param name="handler">
    /// Answers a request. Its token is cancelled at the caller's limit, when the connection is lost, or when the server stops.
    /// </param>
    /// <exception cref="ArgumentException">The method is registered already.</exception>
    public void Register<TRequest, TResponse>(
        string service,
        string method,
        MessageParser<TRequest> parser,
        Func<TRequest, TtrpcContext, CancellationToken, Task<TResponse>> handler)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => _methods.Add(new ServerMethod<TRequest, TResponse>(service, method, parser, handler, isShort: false));

    /// <summary>As <see cref="Register"/>, for a handler that answers at once: it runs on the thread that reads the connection.</summary>
    /// <exception cref="ArgumentException">The method is registered already.</exception>
    public void RegisterShort<TRequest, TResponse>(
        string service,
        string method,
        MessageParser<TRequest> parser,
        Func<TRequest, TtrpcContext, TResponse> handler)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => _methods.Add(new ServerMethod<TRequest, TResponse>(
            service, method, parser, (request, context, _) => Task.FromResult(handler(request, context)), isShort: true));

    /// <summary>
    /// Serves one connection, which it owns, until the peer closes it, <paramref name="cancellationToken"/> is cancelled or the server is
    /// disposed. Returns when every handler of the connection has ended.
    /// </summary>
    /// <exception cref="TtrpcException">Unavailable when the connection broke, with the reason as its cause.</exception>
    public async Task ServeAsync(Stream connection, CancellationToken cancellationToken)
    {
        var served = new ServerConnection(connection, _methods, _options);
        if (!TryAdd(served))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(state => _ = ((ServerConnection)state!).StopAsync(), served);
            await served.ServeAsync().ConfigureAwait(false);
        }
        finally
        {
            Remove(served);
        }
    }

    /// <summary>
    /// Stops: reads no further request, cancels the handlers, sends their answers for at most <see cref="TtrpcServerOptions.StopGrace"/>,
    /// and closes the connections.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        ServerConnection[] connections;
        lock (_lock)
        {
            _stopped = true;
            connections = [.. _connections];
        }

        await Task.WhenAll(connections.Select(connection => connection.StopAsync())).ConfigureAwait(false);
    }

    private bool TryAdd(ServerConnection connection)
    {
        lock (_lock)
        {
            return !_stopped && _connections.Add(connection);
        }
    }

    private void Remove(ServerConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }
}
