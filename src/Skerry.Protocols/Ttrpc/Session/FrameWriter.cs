using Skerry.Protocols.Ttrpc.Codec;

namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>Sends frames one after the other on the thread of whoever has one to send, so that a free connection costs no thread switch.</summary>
/// <remarks>
/// A frame that was begun is always finished: giving up a call cannot cut a frame in half. At most <see cref="MaxWaiting"/> frames wait
/// for a peer that does not read; further ones are refused.
/// </remarks>
#pragma warning disable CA1001 // The semaphore's wait handle is never asked for, so there is nothing to dispose.
internal sealed class FrameWriter(Stream stream, Action<Exception> failed)
#pragma warning restore CA1001
{
    /// <summary>The most frames that wait for their turn.</summary>
    internal const int MaxWaiting = 2048;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _waiting;
    private volatile bool _broken;

    /// <summary>
    /// Sends <paramref name="frame"/> when its turn has come and returns its buffer. An I/O error goes to the connection, not to the caller.
    /// </summary>
    /// <returns>False when too many frames wait already; nothing is sent then.</returns>
    /// <param name="frame">The frame.</param>
    /// <param name="call">The call that the frame starts; it gets its stream id when the turn has come, so that ids increase on the wire.</param>
    internal async ValueTask<bool> SendAsync(OutgoingFrame frame, IFrameOrigin? call = null)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            frame.Return();
            return false;
        }

        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (!_broken && TryAssign(frame, call))
            {
                await stream.WriteAsync(frame.Memory, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            _broken = true;
            failed(error);
        }
        finally
        {
            frame.Return();
            Interlocked.Decrement(ref _waiting);
            _turn.Release();
        }

        return true;
    }

    /// <summary>Drops frames that still wait for their turn, and later ones. Disposing the stream ends a write that hangs.</summary>
    internal void Break() => _broken = true;

    private static bool TryAssign(OutgoingFrame frame, IFrameOrigin? call)
    {
        if (call is null)
        {
            return true;
        }

        uint streamId = call.Begin();
        frame.SetStreamId(streamId);
        return streamId != 0;
    }
}
