using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Engine;

/// <summary>What a stream asks of the engine.</summary>
internal sealed partial class VsockEngine
{
    /// <summary>Reads what is there, or waits for some.</summary>
    internal ValueTask<int> ReadAsync(VsockConnection connection, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        StreamOperation operation = connection.Read;
        bool hasOutput;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(connection.IsDisposed, typeof(VsockStream));
            if (connection.Received.Length == 0 && MustWaitToRead(connection))
            {
                RequireIdle(operation);
                operation.Begin(buffer, default);
                hasOutput = false;
            }
            else
            {
                int count = connection.Received.Take(buffer.Span);
                Consume(connection, count);
                if (!connection.IsQueued)
                {
                    return new ValueTask<int>(count);
                }

                hasOutput = true;
                buffer = buffer[..count];
            }
        }

        if (hasOutput)
        {
            OutputReady();
            return new ValueTask<int>(buffer.Length);
        }

        short version = operation.Version;
        operation.CancelWith(cancellationToken);
        return new ValueTask<int>(operation, version);
    }

    /// <summary>Sends <paramref name="buffer"/>, waiting for the peer's credit.</summary>
    internal ValueTask WriteAsync(VsockConnection connection, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        StreamOperation operation = connection.Write;
        lock (_lock)
        {
            RequireWritable(connection);
            if (buffer.IsEmpty)
            {
                return ValueTask.CompletedTask;
            }

            RequireIdle(operation);
            operation.Begin(default, buffer);
            RequestCredit(connection);
            MakeReady(connection);
        }

        // The version is read first: the output may run on this thread, and give the operation its result.
        short version = operation.Version;
        OutputReady();
        operation.CancelWith(cancellationToken);
        return new ValueTask(operation, version);
    }

    /// <summary>Tells the peer that nothing follows what is written, or being written.</summary>
    internal void ShutdownSend(VsockConnection connection)
    {
        lock (_lock)
        {
            if (connection.State != ConnectionState.Open || !connection.Sends)
            {
                return;
            }

            connection.LocalShutdown |= VsockShutdown.VIRTIO_VSOCK_SHUTDOWN_F_SEND;
            connection.Outgoing |= OutgoingPackets.Shutdown;
            MakeReady(connection);
        }

        OutputReady();
    }

    /// <summary>Closes both directions and forgets the connection; a read or write that waits ends.</summary>
    internal void Dispose(VsockConnection connection)
    {
        var wakes = default(WakeList);
        lock (_lock)
        {
            if (connection.IsDisposed)
            {
                return;
            }

            connection.IsDisposed = true;
            Depart(connection, ref wakes);
            connection.Received.Clear();
        }

        OutputReady();
        wakes.Run();
    }

    /// <summary>Ends a wait because its token was cancelled. A write may have sent some of its bytes by then.</summary>
    internal void Cancel(VsockConnection connection, StreamOperation operation, CancellationToken cancellationToken, ref WakeList wakes)
    {
        lock (_lock)
        {
            if (operation.IsPending)
            {
                operation.Fail(new OperationCanceledException(cancellationToken), ref wakes);
                MakeReady(connection);
            }
        }

        OutputReady();
    }

    private void Depart(VsockConnection connection, ref WakeList wakes)
    {
        ConnectionState state = connection.State;
        if (connection.Read.IsPending)
        {
            connection.Read.Fail(new ObjectDisposedException(nameof(VsockStream)), ref wakes);
        }

        if (connection.Write.IsPending)
        {
            connection.Write.Fail(new ObjectDisposedException(nameof(VsockStream)), ref wakes);
        }

        if (state == ConnectionState.Closed)
        {
            return;
        }

        _connections.Remove(connection.Key);
        connection.State = ConnectionState.Closed;
        if (state == ConnectionState.Connecting)
        {
            connection.Outgoing = OutgoingPackets.None;
            QueueReset(connection.LocalPort, connection.PeerPort);
            return;
        }

        connection.LocalShutdown = VsockShutdown.Both;
        connection.Outgoing = (connection.Outgoing & OutgoingPackets.Response) | OutgoingPackets.Shutdown;
        _departing++;
        MakeReady(connection);
    }

    /// <summary>False when reading ends here; throws when the connection was reset.</summary>
    private static bool MustWaitToRead(VsockConnection connection)
    {
        if (!connection.PeerSends)
        {
            return false;
        }

        return connection.State != ConnectionState.Closed ? true : throw ResetError(connection);
    }

    private static void RequireWritable(VsockConnection connection)
    {
        ObjectDisposedException.ThrowIf(connection.IsDisposed, typeof(VsockStream));
        if (connection.State == ConnectionState.Closed || !connection.PeerReceives)
        {
            throw ResetError(connection);
        }

        if (!connection.Sends)
        {
            throw new InvalidOperationException($"vsock connection {connection.LocalPort}:{connection.PeerPort}: sending was shut down here");
        }
    }

    private static void RequireIdle(StreamOperation operation)
    {
        if (operation.IsInUse)
        {
            throw new InvalidOperationException("a read or write of this stream is under way already; one of each may be");
        }
    }
}
