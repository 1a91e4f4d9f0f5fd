using System.Net.Sockets;
using Skerry.Vsock.Hybrid;

namespace Skerry.Vsock;

/// <summary>
/// The unix socket of a sandbox: whoever connects and says <c>CONNECT port</c> gets <c>OK port</c> and is joined with that port of the
/// guest, just as with Cloud Hypervisor and Firecracker. When the guest refuses, the connection is closed without an answer.
/// </summary>
/// <remarks>At most <see cref="MaxConnections"/> connections are joined at once; further ones wait in the socket's backlog.</remarks>
public sealed class HybridVsockServer : IAsyncDisposable
{
    /// <summary>The most connections at once.</summary>
    public const int MaxConnections = 256;

    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly IGuestChannel _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MaxConnections, MaxConnections);
    private readonly Task _accepting;

    /// <summary>Serves <paramref name="listener"/>, a listening unix socket that it owns, with connections of <paramref name="channel"/>, which it does not own.</summary>
    public HybridVsockServer(Socket listener, IGuestChannel channel)
    {
        _listener = listener;
        _channel = channel;
        _accepting = AcceptAsync();
    }

    /// <summary>Stops listening and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _listener.Dispose();

        // All places back: every connection has ended.
        for (int i = 0; i < MaxConnections; i++)
        {
            await _places.WaitAsync().ConfigureAwait(false);
        }

        _places.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (await TryAcceptAsync().ConfigureAwait(false) is not { } socket)
            {
                _places.Release();
                continue;
            }

            // Counted by its place, which it gives back.
            _ = ServeAsync(socket);
        }
    }

    private async Task<Socket?> TryAcceptAsync()
    {
        try
        {
            return await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // Out of descriptors, perhaps: the next turn tries again, not at once.
            await Task.Delay(TimeSpan.FromMilliseconds(50), _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using VsockStream? guest = await ConnectAsync(socket).ConfigureAwait(false);
            if (guest is not null)
            {
                await using var client = new HybridStream(socket, guest.PeerPort, guest.LocalPort);
                await StreamBridge.JoinAsync(client, guest, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            // The client or the guest has gone: closing the socket, below, is the answer there is.
        }
        finally
        {
            socket.Dispose();
            _places.Release();
        }
    }

    private async Task<VsockStream?> ConnectAsync(Socket socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(HandshakeLimit);
        byte[]? line = await HybridLine.ReadAsync(socket, limit.Token).ConfigureAwait(false);
        if (line is null || !HybridHandshake.TryReadConnect(line, out uint port))
        {
            return null;
        }

        VsockStream guest = await _channel.ConnectAsync(port, limit.Token).ConfigureAwait(false);
        try
        {
            await socket.SendAsync(HybridHandshake.Ok(guest.LocalPort), limit.Token).ConfigureAwait(false);
            return guest;
        }
        catch
        {
            await guest.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
