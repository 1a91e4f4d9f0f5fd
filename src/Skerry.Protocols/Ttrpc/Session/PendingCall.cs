using System.Text;
using Google.Protobuf;
using Skerry.Protocols.Ttrpc.Codec;

namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>A call of a client that waits for its response.</summary>
/// <remarks>
/// <see cref="Accept"/> reads the response while the frame is in the buffer; <see cref="Execute"/> then lets the caller go on, on the
/// thread that runs it.
/// </remarks>
internal abstract class PendingCall(CallTable table, string name) : IFrameOrigin, IThreadPoolWorkItem
{
    /// <summary>Service and method, for messages.</summary>
    protected string Name { get; } = name;

    /// <summary>The stream id; 0 until the request's turn has come.</summary>
    internal uint StreamId { get; private set; }

    /// <inheritdoc/>
    public uint Begin() => StreamId = table.Begin(this);

    /// <summary>Reads the response out of <paramref name="body"/>, the body of a frame.</summary>
    internal void Accept(ReadOnlySpan<byte> body)
    {
        if (!ResponseEnvelope.TryRead(body, out ResponseEnvelope response))
        {
            AcceptFailure(new TtrpcException(TtrpcStatusCode.Internal, $"{Name}: the peer's response is malformed"));
        }
        else if (response.Code != TtrpcStatusCode.Ok)
        {
            string message = Encoding.UTF8.GetString(response.Message);
            AcceptFailure(new TtrpcException(response.Code, message.Length > 0 ? message : $"{Name} failed with {response.Code}"));
        }
        else
        {
            AcceptPayload(response.Payload);
        }
    }

    /// <summary>Lets the call fail with <paramref name="error"/> at the next <see cref="Execute"/>.</summary>
    internal abstract void AcceptFailure(TtrpcException error);

    /// <summary>Lets the caller go on with what was accepted.</summary>
    public abstract void Execute();

    /// <summary>Reads the response message.</summary>
    protected abstract void AcceptPayload(ReadOnlySpan<byte> payload);
}

/// <summary>A call whose response is a <typeparamref name="TResponse"/>.</summary>
internal sealed class PendingCall<TResponse>(CallTable table, string name, MessageParser<TResponse> parser) : PendingCall(table, name)
    where TResponse : IMessage<TResponse>
{
    private readonly TaskCompletionSource<TResponse> _completion = new();
    private TResponse? _response;
    private TtrpcException? _failure;

    /// <summary>The response, or the failure.</summary>
    internal Task<TResponse> Response => _completion.Task;

    /// <inheritdoc/>
    internal override void AcceptFailure(TtrpcException error) => _failure = error;

    /// <inheritdoc/>
    public override void Execute()
    {
        if (_failure is not null)
        {
            _completion.TrySetException(_failure);
        }
        else
        {
            _completion.TrySetResult(_response!);
        }
    }

    /// <inheritdoc/>
    protected override void AcceptPayload(ReadOnlySpan<byte> payload)
    {
        try
        {
            _response = parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException error)
        {
            AcceptFailure(new TtrpcException(TtrpcStatusCode.Internal, $"{Name}: the peer's response is malformed", error));
        }
    }
}
