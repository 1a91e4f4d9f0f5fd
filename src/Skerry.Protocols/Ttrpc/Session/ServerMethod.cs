using Google.Protobuf;

namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>A registered method: parses requests and runs the handler.</summary>
internal abstract class ServerMethod(string service, string method, bool isShort)
{
    /// <summary>The full name of the service.</summary>
    internal string Service { get; } = service;

    /// <summary>The name of the method.</summary>
    internal string Method { get; } = method;

    /// <summary>True when the handler answers at once and may run on the thread that reads.</summary>
    internal bool IsShort { get; } = isShort;

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are malformed.</exception>
    internal abstract IMessage Parse(ReadOnlySpan<byte> payload);

    /// <summary>Starts the handler.</summary>
    internal abstract Task StartAsync(IMessage request, TtrpcContext context, CancellationToken cancellationToken);

    /// <summary>The response in a task of <see cref="StartAsync"/> that has completed.</summary>
    internal abstract IMessage ResponseOf(Task completed);
}

/// <summary>A registered method with its message types.</summary>
internal sealed class ServerMethod<TRequest, TResponse>(
    string service,
    string method,
    MessageParser<TRequest> parser,
    Func<TRequest, TtrpcContext, CancellationToken, Task<TResponse>> handler,
    bool isShort) : ServerMethod(service, method, isShort)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    /// <inheritdoc/>
    internal override IMessage Parse(ReadOnlySpan<byte> payload) => parser.ParseFrom(payload);

    /// <inheritdoc/>
    internal override Task StartAsync(IMessage request, TtrpcContext context, CancellationToken cancellationToken) =>
        handler((TRequest)request, context, cancellationToken);

    /// <inheritdoc/>
    internal override IMessage ResponseOf(Task completed) => ((Task<TResponse>)completed).GetAwaiter().GetResult();
}
