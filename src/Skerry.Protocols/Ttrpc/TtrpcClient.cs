using Google.Protobuf;
using Skerry.Protocols.Ttrpc.Codec;
using Skerry.Protocols.Ttrpc.Session;

namespace Skerry.Protocols.Ttrpc;

/// <summary>Calls methods of a ttrpc server over one connection; any number of threads may call at once.</summary>
/// <remarks>
/// <para>Calls are multiplexed: a call that waits for hours does not hold up others. Unary calls only.</para>
/// <para>
/// The thread that reads the connection hands the reading over before it lets a caller go on, and then runs that caller itself: an
/// answer costs one thread switch, and a caller that blocks holds up nobody.
/// </para>
/// </remarks>
public sealed class TtrpcClient : IAsyncDisposable
{
    private const int DefaultMaxCalls = 1024;

    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly CallTable _calls;
#pragma warning disable CA2213 // Without timer and wait handle there is nothing to dispose, and a late Cancel must not fail.
    private readonly CancellationTokenSource _stopped = new();
#pragma warning restore CA2213
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts a client on <paramref name="stream"/>, which it owns from now on.</summary>
    /// <param name="stream">A connection to the server.</param>
    /// <param name="maxConcurrentCalls">The most calls under way at once; a further one fails with ResourceExhausted.</param>
    public TtrpcClient(Stream stream, int maxConcurrentCalls = DefaultMaxCalls)
    {
        _stream = stream;
        _calls = new CallTable(maxConcurrentCalls);
        _reader = new FrameReader(stream);
        _writer = new FrameWriter(stream, Fail);
        Follow(_reader.FillAsync(_stopped.Token));
    }

    /// <summary>Completes when the connection is lost or the client is disposed; it never fails.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Calls a method and waits for its answer.</summary>
    /// <param name="service">The full name of the service, see <see cref="ServiceNames"/>.</param>
    /// <param name="method">The name of the method.</param>
    /// <param name="request">The request.</param>
    /// <param name="parser">The parser of the response.</param>
    /// <param name="timeout">How long to wait, told to the server as well; null or infinite waits until the connection is lost.</param>
    /// <param name="cancellationToken">Gives the call up. The server is not told: ttrpc has no message for it.</param>
    /// <exception cref="TtrpcException">The server's status; DeadlineExceeded after <paramref name="timeout"/>; Unavailable when the connection is lost.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        string service,
        string method,
        TRequest request,
        MessageParser<TResponse> parser,
        TimeSpan? timeout,
        CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan? limit = timeout == Timeout.InfiniteTimeSpan ? null : timeout;
        string name = $"{service}/{method}";
        if (!OutgoingFrame.TryRequest(service, method, request, limit, out OutgoingFrame frame))
        {
            throw TooLarge(name, request);
        }

        var call = new PendingCall<TResponse>(_calls, name, parser);
        Admit(call, frame);
        try
        {
            Send(call, frame);
            bool unlimited = limit is null && !cancellationToken.CanBeCanceled;
            return await (unlimited ? call.Response : call.Response.WaitAsync(limit ?? Timeout.InfiniteTimeSpan, cancellationToken)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TtrpcException(TtrpcStatusCode.DeadlineExceeded, $"{name} did not answer within {limit!.Value.TotalSeconds:0.###} s");
        }
        finally
        {
            _calls.Leave(call);
        }
    }

    /// <summary>Closes the connection; calls under way fail with Unavailable.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(new TtrpcException(TtrpcStatusCode.Unavailable, "the client was closed"));
        await _closed.Task.ConfigureAwait(false);
    }

    private static TtrpcException TooLarge(string name, IMessage request) => new(
        TtrpcStatusCode.ResourceExhausted,
        $"{name}: the request has {request.CalculateSize()} bytes; a message may have {FrameHeader.MaxMessageLength}");

    private void Admit(PendingCall call, OutgoingFrame frame)
    {
        try
        {
            _calls.Admit(call);
        }
        catch (TtrpcException)
        {
            frame.Return();
            throw;
        }
    }

    /// <summary>Sends a request. A write that waits for the peer goes on by itself: the writer owns it and reports its failure here.</summary>
    private void Send(PendingCall call, OutgoingFrame frame)
    {
        ValueTask<bool> sending = _writer.SendAsync(frame, call);
        if (sending.IsCompleted && !sending.GetAwaiter().GetResult())
        {
            throw new TtrpcException(TtrpcStatusCode.ResourceExhausted, "the peer does not read: too many requests wait to be sent");
        }
    }

    /// <summary>Starts another turn of reading, whose end is told by <see cref="Closed"/>.</summary>
    private void Follow(Task<bool> filling) => _ = ReadAsync(filling);

    private async Task ReadAsync(Task<bool> filling)
    {
        try
        {
            while (await filling.ConfigureAwait(false))
            {
                PendingCall? last = AcceptFrames();
                filling = _reader.FillAsync(_stopped.Token);
                if (last is null)
                {
                    continue;
                }

                if (!filling.IsCompleted)
                {
                    Follow(filling);
                    last.Execute();
                    return;
                }

                Queue(last);
            }

            End(new TtrpcException(TtrpcStatusCode.Unavailable, "the peer closed the connection"));
        }
        catch (Exception error)
        {
            End(new TtrpcException(TtrpcStatusCode.Unavailable, "the connection was lost", error));
        }
    }

    /// <summary>Reads the frames at hand. Callers are let go on by the thread pool, except the last one, which is returned.</summary>
    private PendingCall? AcceptFrames()
    {
        PendingCall? last = null;
        FrameReadResult result;
        while ((result = _reader.TryRead(out FrameHeader header, out ReadOnlySpan<byte> body)) == FrameReadResult.Frame)
        {
            if (Accept(header, body) is not { } call)
            {
                continue;
            }

            Queue(last);
            last = call;
        }

        if (result == FrameReadResult.Incomplete)
        {
            return last;
        }

        Queue(last);
        throw new InvalidDataException($"the peer announced a message of more than {FrameHeader.MaxMessageLength} bytes");
    }

    private static void Queue(PendingCall? call)
    {
        if (call is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
        }
    }

    private PendingCall? Accept(FrameHeader header, ReadOnlySpan<byte> body)
    {
        PendingCall? call = _calls.Take(header.StreamId);
        if (header.Type == FrameType.Response)
        {
            call?.Accept(body);
        }
        else
        {
            call?.AcceptFailure(new TtrpcException(TtrpcStatusCode.Unimplemented, $"the peer answered with a frame of type {(byte)header.Type}: streams are not supported"));
        }

        return call;
    }

    /// <summary>The writer's I/O error: the reader then ends too, since the stream is closed.</summary>
    private void Fail(Exception error) => Close(new TtrpcException(TtrpcStatusCode.Unavailable, "the connection was lost", error));

    private void Close(TtrpcException reason)
    {
        IReadOnlyList<PendingCall> waiting = _calls.Close(reason);
        _writer.Break();
        _stopped.Cancel();
        _stream.Dispose();
        foreach (PendingCall call in waiting)
        {
            call.AcceptFailure(new TtrpcException(reason.Code, reason.Message, reason.InnerException));
            ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
        }
    }

    /// <summary>The last turn of reading is over.</summary>
    private void End(TtrpcException reason)
    {
        Close(reason);
        _reader.Release();
        _closed.TrySetResult();
    }
}
