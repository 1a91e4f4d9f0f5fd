using System.Net.Sockets;

namespace Skerry.Vsock.Hybrid;

/// <summary>A connection to a guest's port that a VMM carries: a unix socket after its handshake.</summary>
internal sealed class HybridStream(Socket socket, uint localPort, uint peerPort) : VsockStream
{
    /// <inheritdoc/>
    public override uint LocalPort => localPort;

    /// <inheritdoc/>
    public override uint PeerPort => peerPort;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException error)
        {
            throw new IOException($"vsock connection {localPort}:{peerPort}: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int sent = await socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                buffer = buffer[sent..];
            }
        }
        catch (SocketException error)
        {
            throw new IOException($"vsock connection {localPort}:{peerPort}: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public override void ShutdownSend()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The other side has gone first: nothing is left to be told.
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
