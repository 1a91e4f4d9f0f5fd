using Skerry.Core;

namespace Skerry.Vsock.Engine;

/// <summary>
/// The vsock protocol without I/O: takes the peer's packets, gives ours, and keeps the table of connections between them.
/// </summary>
/// <remarks>
/// <para>
/// A primer. Every packet names two ports and an operation. REQUEST opens a connection and RESPONSE accepts it; RW carries bytes;
/// SHUTDOWN says which directions end; RST ends both at once and answers whatever has no connection. Each side says in every packet how
/// large its receive buffer is and how much it has consumed, and the other never has more under way than fits: that credit bounds memory
/// here, and lets one connection stall without holding up the others.
/// </para>
/// <para>
/// Closing: SHUTDOWN of both directions is answered with RST and ends the connection on both sides at once; what had arrived can still
/// be read. The side that disposes forgets the connection when it has sent SHUTDOWN, so nothing waits for a peer that never answers.
/// </para>
/// <para>
/// One lock guards everything here; it is never held while code of others runs: completed operations are collected in a
/// <see cref="WakeList"/> and run after it is released, and <see cref="OutputReady"/> is called without it.
/// </para>
/// <para>
/// Connections with something to send stand in a queue and send one packet per turn, so a bulk transfer delays a small message by one
/// packet. At most <see cref="MaxResets"/> answers to strangers wait to be sent; a peer that provokes more is not answered.
/// </para>
/// </remarks>
internal sealed partial class VsockEngine(VsockEngineOptions options)
{
    private const int MaxResets = 1024;
    private const uint FirstEphemeralPort = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, VsockConnection> _connections = [];
    private readonly Dictionary<uint, VsockListener> _listeners = [];
    private readonly Queue<VsockConnection> _ready = [];
    private readonly Queue<(uint LocalPort, uint PeerPort)> _resets = [];
    private uint _nextPort = FirstEphemeralPort;

    /// <summary>Connections that are disposed and still owe their SHUTDOWN; they count towards the limit.</summary>
    private int _departing;

    /// <summary>Called, without the lock, when there may be something to send: the carrier then claims the output.</summary>
    internal Action OutputReady { get; set; } = static () => { };

    /// <summary>The lock, for a carrier that feeds parts of packets.</summary>
    internal Lock Lock => _lock;

    /// <summary>Connections at the moment.</summary>
    internal int ConnectionCount
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count + _departing;
            }
        }
    }

    /// <summary>Listens on <paramref name="port"/>; resets of the channel do not end it.</summary>
    /// <exception cref="SkerryException">AlreadyExists when the port is taken.</exception>
    internal VsockListener Listen(uint port, int backlog)
    {
        var listener = new VsockListener(this, port, backlog);
        lock (_lock)
        {
            return _listeners.TryAdd(port, listener)
                ? listener
                : throw new SkerryException(FailureKind.AlreadyExists, $"somebody listens on vsock port {port} already");
        }
    }

    /// <summary>Ends listening; further requests are refused.</summary>
    internal void Unlisten(VsockListener listener)
    {
        lock (_lock)
        {
            if (_listeners.GetValueOrDefault(listener.Port) == listener)
            {
                _listeners.Remove(listener.Port);
            }
        }
    }

    /// <summary>Ends all listeners, at the end of the channel.</summary>
    internal void CloseListeners()
    {
        VsockListener[] listeners;
        lock (_lock)
        {
            listeners = [.. _listeners.Values];
        }

        foreach (VsockListener listener in listeners)
        {
            listener.Dispose();
        }
    }

    /// <summary>Opens a connection to <paramref name="port"/> of the peer.</summary>
    /// <exception cref="SkerryException">Unavailable when nobody listens or the channel is reset; ResourceExhausted at the limit.</exception>
    internal async Task<VsockStream> ConnectAsync(uint port, CancellationToken cancellationToken)
    {
        VsockConnection connection = StartConnecting(port);
        OutputReady();
        try
        {
            await connection.Connected!.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Dispose(connection);
            throw;
        }

        return new EngineStream(this, connection);
    }

    /// <summary>
    /// Resets every connection because the channel beneath has gone; listeners stay. What had arrived can still be read, then
    /// <paramref name="reason"/> is thrown. The caller holds the lock.
    /// </summary>
    internal void ResetAll(string reason, ref WakeList wakes)
    {
        _payloadTarget = null;
        _resets.Clear();
        _ready.Clear();
        _departing = 0;
        foreach (VsockConnection connection in _connections.Values.ToArray())
        {
            Reset(connection, reason, ref wakes);
        }
    }

    private VsockConnection StartConnecting(uint port)
    {
        lock (_lock)
        {
            RequireRoom();
            var connection = new VsockConnection(this, TakeEphemeralPort(port), port, options.BufferBytes, ConnectionState.Connecting)
            {
                Connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
                Outgoing = OutgoingPackets.Request,
            };
            _connections.Add(connection.Key, connection);
            MakeReady(connection);
            return connection;
        }
    }

    private void RequireRoom()
    {
        if (_connections.Count + _departing >= options.MaxConnections)
        {
            throw new SkerryException(FailureKind.ResourceExhausted, $"the guest channel has {options.MaxConnections} connections, which is its limit");
        }
    }

    private uint TakeEphemeralPort(uint peerPort)
    {
        uint port;
        do
        {
            port = _nextPort;
            _nextPort = port == uint.MaxValue - 1 ? FirstEphemeralPort : port + 1;
        }
        while (_connections.ContainsKey(VsockConnection.KeyOf(port, peerPort)));
        return port;
    }

    /// <summary>Ends a connection at once: what waits fails with <paramref name="reason"/>, or ends if the peer had said its last word.</summary>
    private void Reset(VsockConnection connection, string reason, ref WakeList wakes)
    {
        _connections.Remove(connection.Key);
        connection.State = ConnectionState.Closed;
        connection.ResetReason = reason;
        connection.Outgoing = OutgoingPackets.None;
        connection.Connected?.TrySetException(new SkerryException(FailureKind.Unavailable, $"cannot connect to vsock port {connection.PeerPort}: {reason}"));
        EndOperations(connection, ref wakes);
    }

    /// <summary>Ends the read and the write that wait on a closed connection.</summary>
    private static void EndOperations(VsockConnection connection, ref WakeList wakes)
    {
        if (connection.Read.IsPending)
        {
            if (connection.PeerSends)
            {
                connection.Read.Fail(ResetError(connection), ref wakes);
            }
            else
            {
                connection.Read.Complete(0, ref wakes);
            }
        }

        if (connection.Write.IsPending)
        {
            connection.Write.Fail(ResetError(connection), ref wakes);
        }
    }

    private static IOException ResetError(VsockConnection connection) =>
        new($"vsock connection {connection.LocalPort}:{connection.PeerPort}: {connection.ResetReason ?? "the peer has closed it"}");

    /// <summary>Owes the peer an RST.</summary>
    private void QueueReset(uint localPort, uint peerPort)
    {
        if (_resets.Count < MaxResets)
        {
            _resets.Enqueue((localPort, peerPort));
        }
    }

    /// <summary>Puts a connection into the queue of those that send, if it has something to send.</summary>
    private void MakeReady(VsockConnection connection)
    {
        if (!connection.IsQueued && connection.HasOutput)
        {
            connection.IsQueued = true;
            _ready.Enqueue(connection);
        }
    }
}
