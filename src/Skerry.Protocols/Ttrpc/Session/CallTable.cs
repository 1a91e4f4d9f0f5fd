namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>The one table that pairs the stream ids of a client with the calls that wait. Thread-safe.</summary>
internal sealed class CallTable(int maxCalls)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, PendingCall> _calls = [];
    private readonly HashSet<PendingCall> _admitted = [];
    private uint _nextStreamId = 1;
    private TtrpcException? _closed;

    /// <summary>Lets a call in.</summary>
    /// <exception cref="TtrpcException">Unavailable after <see cref="Close"/>; ResourceExhausted with too many calls under way.</exception>
    internal void Admit(PendingCall call)
    {
        lock (_lock)
        {
            if (_closed is not null)
            {
                throw new TtrpcException(TtrpcStatusCode.Unavailable, _closed.Message, _closed.InnerException);
            }

            if (_admitted.Count >= maxCalls)
            {
                throw new TtrpcException(TtrpcStatusCode.ResourceExhausted, $"{maxCalls} calls are under way on one connection, which is its limit");
            }

            _admitted.Add(call);
        }
    }

    /// <summary>Gives <paramref name="call"/> the next stream id (odd, increasing); 0 when it was given up or the connection is closed.</summary>
    internal uint Begin(PendingCall call)
    {
        lock (_lock)
        {
            if (_closed is not null || !_admitted.Contains(call))
            {
                return 0;
            }

            uint streamId = _nextStreamId;
            _nextStreamId += 2;
            _calls.Add(streamId, call);
            return streamId;
        }
    }

    /// <summary>Takes the call that waits under <paramref name="streamId"/> out of the table; null when nobody waits (any longer).</summary>
    internal PendingCall? Take(uint streamId)
    {
        lock (_lock)
        {
            if (_calls.Remove(streamId, out PendingCall? call))
            {
                // It has its response: a connection that is closed right behind it is no longer its business.
                _admitted.Remove(call);
            }

            return call;
        }
    }

    /// <summary>Forgets a call that is over or was given up.</summary>
    internal void Leave(PendingCall call)
    {
        lock (_lock)
        {
            _admitted.Remove(call);
            _calls.Remove(call.StreamId);
        }
    }

    /// <summary>Lets no further call in, and returns those that wait. The first reason stays.</summary>
    internal IReadOnlyList<PendingCall> Close(TtrpcException reason)
    {
        lock (_lock)
        {
            _closed ??= reason;
            PendingCall[] waiting = [.. _admitted];
            _admitted.Clear();
            _calls.Clear();
            return waiting;
        }
    }
}
