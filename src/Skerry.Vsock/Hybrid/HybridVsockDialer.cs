using System.Net.Sockets;
using Skerry.Core;
using Skerry.Vsock.Hybrid;

namespace Skerry.Vsock;

/// <summary>Reaches a guest through the unix socket of its VMM, or of our <see cref="HybridVsockServer"/>.</summary>
/// <remarks>
/// Cloud Hypervisor, Firecracker and Skerry offer the same: <c>CONNECT port</c>, answered by <c>OK port</c> and then raw bytes. Nothing
/// is held open between connections, so the channel is never reset or closed by itself.
/// </remarks>
public sealed class HybridVsockDialer : IGuestChannel
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(10);

    private readonly string _path;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A dialer for the socket at <paramref name="path"/>, which need not be there yet.</summary>
    public HybridVsockDialer(string path) => _path = path;

    /// <inheritdoc/>
    public event Action? Reset
    {
        add { }
        remove { }
    }

    /// <inheritdoc/>
    public Task Closed => _closed.Task;

    /// <summary>
    /// Connects to a port of the guest. A VMM that is not up, and a guest that does not listen, look the same from here, so both are tried
    /// again until the token is cancelled.
    /// </summary>
    /// <exception cref="SkerryException">Unavailable after dispose; GuestFailed when the answer is not understood.</exception>
    public async Task<VsockStream> ConnectAsync(uint port, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_closed.Task.IsCompleted)
            {
                throw new SkerryException(FailureKind.Unavailable, $"cannot connect to vsock port {port}: the guest channel is closed");
            }

            if (await TryConnectAsync(port, cancellationToken).ConfigureAwait(false) is { } stream)
            {
                return stream;
            }

            await Task.Delay(PauseBetweenTries, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the dialer; its streams live on.</summary>
    public ValueTask DisposeAsync()
    {
        _closed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private async Task<VsockStream?> TryConnectAsync(uint port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        bool connected = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HandshakeLimit);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), limit.Token).ConfigureAwait(false);
            await socket.SendAsync(HybridHandshake.Connect(port), limit.Token).ConfigureAwait(false);
            byte[]? line = await HybridLine.ReadAsync(socket, limit.Token).ConfigureAwait(false);
            if (line is null)
            {
                return null;
            }

            connected = HybridHandshake.TryReadOk(line, out uint localPort);
            return connected
                ? new HybridStream(socket, localPort, port)
                : throw new SkerryException(FailureKind.GuestFailed, $"\"{_path}\" answered CONNECT {port} with something else than OK");
        }
        catch (SocketException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (!connected)
            {
                socket.Dispose();
            }
        }
    }
}
