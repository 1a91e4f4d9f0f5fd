using Google.Protobuf;
using Skerry.Core;
using Skerry.Protocols.Ttrpc.Codec;

namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>One connection of a server: reads requests, runs each in a task of its own, sends answers in the order they are ready.</summary>
/// <remarks>
/// The thread that reads runs a handler that answers at once, and goes on reading. Before it starts another one, the last of a batch, it
/// hands the reading over, unless it must be kept free: so a call costs one thread switch, and a handler that blocks holds up nobody.
/// </remarks>
#pragma warning disable CA1001 // Sources without timer and wait handle have nothing to dispose, and a late Cancel must not fail.
internal sealed class ServerConnection
#pragma warning restore CA1001
{
    private readonly Stream _stream;
    private readonly MethodTable _methods;
    private readonly TtrpcServerOptions _options;
    private readonly FrameReader _reader;
    private readonly FrameWriter _writer;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopReading = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _lastStreamId;
    private Exception? _failure;

    /// <summary>Calls that run, and one for the reading.</summary>
    private int _running = 1;

    internal ServerConnection(Stream stream, MethodTable methods, TtrpcServerOptions options)
    {
        _stream = stream;
        _methods = methods;
        _options = options;
        _reader = new FrameReader(stream);
        _writer = new FrameWriter(stream, Fail);
    }

    /// <summary>Cancelled when the connection is lost or the server stops.</summary>
    internal CancellationToken Stopped => _stop.Token;

    /// <summary>Serves until the peer closes the connection or <see cref="StopAsync"/>, and until every handler has ended; closes the stream.</summary>
    /// <exception cref="Exception">What broke the connection; a peer that closes it between two messages is no error.</exception>
    internal async Task ServeAsync()
    {
        Follow(_reader.FillAsync(_stopReading.Token));
        await _drained.Task.ConfigureAwait(false);
        _stream.Dispose();
        if (_failure is not null)
        {
            throw new TtrpcException(TtrpcStatusCode.Unavailable, "the ttrpc connection was lost", _failure);
        }
    }

    /// <summary>Reads no further, cancels the handlers; their answers are still sent, for <see cref="TtrpcServerOptions.StopGrace"/> at most.</summary>
    internal async Task StopAsync()
    {
        await _stopReading.CancelAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _drained.Task.WaitAsync(_options.StopGrace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stream.Dispose();
    }

    /// <summary>Sends the response of a call that went well.</summary>
    internal async ValueTask RespondAsync(uint streamId, TtrpcContext context, IMessage response)
    {
        if (OutgoingFrame.TryResponse(streamId, response, out OutgoingFrame frame))
        {
            await SendAsync(frame).ConfigureAwait(false);
            return;
        }

        string message = $"{context}: the response has {response.CalculateSize()} bytes; a message may have {FrameHeader.MaxMessageLength}";
        await RespondFailureAsync(streamId, context, new TtrpcException(TtrpcStatusCode.ResourceExhausted, message)).ConfigureAwait(false);
    }

    /// <summary>Sends the status of a call that failed.</summary>
    internal ValueTask RespondFailureAsync(uint streamId, TtrpcContext context, Exception error)
    {
        ReportFailure(context, error);
        return SendFailureAsync(streamId, error);
    }

    /// <summary>Tells the observer.</summary>
    internal void ReportFailure(TtrpcContext context, Exception error) => _options.CallFailed?.Invoke(context, error);

    /// <summary>A call, or the reading, is over.</summary>
    internal void Finished()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _reader.Release();
            _writer.Break();
            _drained.TrySetResult();
        }
    }

    private async ValueTask SendAsync(OutgoingFrame frame)
    {
        if (!await _writer.SendAsync(frame).ConfigureAwait(false))
        {
            Fail(new IOException($"the peer does not read: {FrameWriter.MaxWaiting} answers wait to be sent"));
        }
    }

    private ValueTask SendFailureAsync(uint streamId, Exception error) =>
        SendAsync(OutgoingFrame.Failure(streamId, TtrpcStatus.CodeOf(error), ErrorReport.OneLine(error)));

    /// <summary>Starts another turn of reading, whose end is counted in <see cref="_running"/>.</summary>
    private void Follow(Task<bool> filling) => _ = ReadAsync(filling);

    private async Task ReadAsync(Task<bool> filling)
    {
        try
        {
            while (await filling.ConfigureAwait(false))
            {
                ServerCall? last = await AcceptFramesAsync().ConfigureAwait(false);
                filling = _reader.FillAsync(_stopReading.Token);
                if (last is null)
                {
                    continue;
                }

                if (last.IsShort)
                {
                    last.Execute();
                    continue;
                }

                if (!filling.IsCompleted && !_options.KeepsReaderFree)
                {
                    Follow(filling);
                    last.Execute();
                    return;
                }

                Queue(last);
            }
        }
        catch (OperationCanceledException) when (_stopReading.IsCancellationRequested)
        {
            // Stopped from our side: handlers may still answer.
            Finished();
            return;
        }
        catch (Exception error)
        {
            _failure ??= error;
        }

        // Nobody is there to be answered.
        _writer.Break();
        await _stop.CancelAsync().ConfigureAwait(false);
        Finished();
    }

    /// <summary>Reads the frames at hand. Calls are started by the thread pool, except the last one, which is returned.</summary>
    private async ValueTask<ServerCall?> AcceptFramesAsync()
    {
        ServerCall? last = null;
        while (true)
        {
            FrameReadResult result = _reader.TryRead(out FrameHeader header, out ReadOnlySpan<byte> body);
            if (result == FrameReadResult.Incomplete)
            {
                return last;
            }

            if (result == FrameReadResult.TooLarge)
            {
                Queue(last);
                string message = $"the message has {header.Length} bytes; a message may have {FrameHeader.MaxMessageLength}";
                var error = new TtrpcException(TtrpcStatusCode.ResourceExhausted, message);
                await SendFailureAsync(header.StreamId, error).ConfigureAwait(false);
                throw error;
            }

            if (!TryAccept(header, body, out ServerCall? call, out TtrpcException? refusal))
            {
                await SendFailureAsync(header.StreamId, refusal!).ConfigureAwait(false);
            }
            else if (call is not null)
            {
                Queue(last);
                last = call;
            }
        }
    }

    private static void Queue(ServerCall? call)
    {
        if (call is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
        }
    }

    /// <summary>Makes a call of a frame; false when the peer must be told a refusal, null when the frame is passed over.</summary>
    private bool TryAccept(FrameHeader header, ReadOnlySpan<byte> body, out ServerCall? call, out TtrpcException? refusal)
    {
        call = null;
        refusal = null;
        if (header.Type == FrameType.Data && header.StreamId <= _lastStreamId)
        {
            // Data for a stream that was refused or is over.
            return true;
        }

        refusal = RefusalOf(header);
        if (refusal is not null)
        {
            return false;
        }

        _lastStreamId = header.StreamId;
        if (!RequestEnvelope.TryRead(body, out RequestEnvelope envelope))
        {
            refusal = new TtrpcException(TtrpcStatusCode.InvalidArgument, "the request's envelope is malformed");
            return false;
        }

        if (_methods.Find(envelope.Service, envelope.Method) is not { } method)
        {
            refusal = _methods.Unknown(envelope.Service, envelope.Method);
            return false;
        }

        return TryStart(header.StreamId, method, envelope, out call, out refusal);
    }

    private TtrpcException? RefusalOf(FrameHeader header)
    {
        if (header.Type != FrameType.Request || (header.Flags & FrameFlags.RemoteOpen) != 0)
        {
            _lastStreamId = Math.Max(_lastStreamId, header.StreamId);
            return new TtrpcException(TtrpcStatusCode.Unimplemented, $"streams are not supported (frame of type {(byte)header.Type}, flags 0x{(byte)header.Flags:x2})");
        }

        if (header.StreamId % 2 == 0)
        {
            return new TtrpcException(TtrpcStatusCode.InvalidArgument, $"stream id {header.StreamId} is even; a client's ids are odd");
        }

        return header.StreamId > _lastStreamId
            ? null
            : new TtrpcException(TtrpcStatusCode.InvalidArgument, $"stream id {header.StreamId} is not above {_lastStreamId}; ids must increase");
    }

    private bool TryStart(uint streamId, ServerMethod method, RequestEnvelope envelope, out ServerCall? call, out TtrpcException? refusal)
    {
        call = null;
        refusal = null;
        if (Volatile.Read(ref _running) > _options.MaxConcurrentCalls)
        {
            refusal = new TtrpcException(TtrpcStatusCode.ResourceExhausted, $"{_options.MaxConcurrentCalls} calls are under way on this connection, which is its limit");
            return false;
        }

        try
        {
            TimeSpan? limit = TimeLimit.FromNanoseconds(envelope.TimeoutNano);
            var context = new TtrpcContext(method.Service, method.Method, limit, (IReadOnlyList<KeyValuePair<string, string>>?)envelope.Metadata ?? []);
            call = new ServerCall(this, streamId, method, method.Parse(envelope.Payload), context);
        }
        catch (InvalidProtocolBufferException error)
        {
            refusal = new TtrpcException(TtrpcStatusCode.InvalidArgument, $"{method.Service}/{method.Method}: the request is malformed", error);
            return false;
        }

        Interlocked.Increment(ref _running);
        return true;
    }

    /// <summary>The writer's I/O error: nobody is there to be answered.</summary>
    private void Fail(Exception error)
    {
        _failure ??= error;
        _stopReading.Cancel();
        _stop.Cancel();
    }
}
