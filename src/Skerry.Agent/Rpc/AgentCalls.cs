using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Protocols;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Rpc;

/// <summary>Registers calls of the agent's service; what is not registered answers UNIMPLEMENTED with its name.</summary>
internal sealed class AgentCalls(TtrpcServer server)
{
    /// <summary>The answer of calls that only succeed.</summary>
    public static Empty Done { get; } = new();

    /// <summary>Registers a call that waits.</summary>
    public AgentCalls Add<TRequest, TResponse>(string method, MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task<TResponse>> handler)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        server.Register<TRequest, TResponse>(ServiceNames.Agent, method, parser, (request, _, cancellationToken) => handler(request, cancellationToken));
        return this;
    }

    /// <summary>Registers a call that answers at once.</summary>
    public AgentCalls Add<TRequest, TResponse>(string method, MessageParser<TRequest> parser, Func<TRequest, TResponse> handler)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        server.RegisterShort<TRequest, TResponse>(ServiceNames.Agent, method, parser, (request, _) => handler(request));
        return this;
    }

    /// <summary>Registers a call that waits for nobody but may be held up by a disk or by the host's share.</summary>
    public AgentCalls AddSlow<TRequest, TResponse>(string method, MessageParser<TRequest> parser, Func<TRequest, TResponse> handler)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => Add<TRequest, TResponse>(method, parser, (request, _) => Task.FromResult(handler(request)));

    /// <summary>As <see cref="AddSlow{TRequest, TResponse}"/>, with an empty answer.</summary>
    public AgentCalls AddSlow<TRequest>(string method, MessageParser<TRequest> parser, Action<TRequest> handler)
        where TRequest : IMessage<TRequest> => AddSlow<TRequest, Empty>(method, parser, request =>
        {
            handler(request);
            return Done;
        });

    /// <summary>Registers a call whose answer is empty.</summary>
    public AgentCalls AddEmpty<TRequest>(string method, MessageParser<TRequest> parser, Func<TRequest, CancellationToken, Task> handler)
        where TRequest : IMessage<TRequest> => Add<TRequest, Empty>(method, parser, async (request, cancellationToken) =>
        {
            await handler(request, cancellationToken).ConfigureAwait(false);
            return Done;
        });

    /// <summary>Registers a call that answers at once, with nothing.</summary>
    public AgentCalls AddEmpty<TRequest>(string method, MessageParser<TRequest> parser, Action<TRequest> handler)
        where TRequest : IMessage<TRequest> => Add<TRequest, Empty>(method, parser, request =>
        {
            handler(request);
            return Done;
        });
}
