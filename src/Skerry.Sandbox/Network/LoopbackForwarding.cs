using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Vsock;
using Skerry.Vsock.Hybrid;

namespace Skerry.Sandbox;

/// <summary>
/// Makes the loopback of a pod's network namespace lead into the guest: who connects to 127.0.0.1 there, as containerd does for
/// <c>kubectl port-forward</c>, talks with what listens on the guest's loopback. The agent makes the guest's half.
/// </summary>
internal sealed class LoopbackForwarding : IAsyncDisposable
{
    private const int MostConnections = 128;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    private readonly Socket _listener;
    private readonly SocketSteering _steering;
    private readonly IGuestChannel _channel;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MostConnections, MostConnections);
    private readonly Task _accepting;

    private LoopbackForwarding(Socket listener, SocketSteering steering, IGuestChannel channel)
    {
        _listener = listener;
        _steering = steering;
        _channel = channel;
        _accepting = AcceptAsync();
    }

    /// <summary>Begins; null, with a warning, on a host whose kernel cannot: everything but the forwarding works without.</summary>
    internal static LoopbackForwarding? TryStart(SandboxId sandbox, string namespacePath, IGuestChannel channel, ILogger log)
    {
        Socket? listener = null;
        try
        {
            using FileDescriptor networkNamespace = FileDescriptor.Open(namespacePath, OpenFlags.O_RDONLY);
            listener = NetworkNamespace.Run(networkNamespace, Listen);
            return new LoopbackForwarding(listener, SocketSteering.Start(networkNamespace, listener.SafeHandle), channel);
        }
        catch (Exception error) when (error is SyscallException or SocketException)
        {
            listener?.Dispose();
            Log.StepFailed(log, sandbox.Value, "lead its namespace's loopback into the guest (port-forward does not work)", error.Message);
            return null;
        }
    }

    /// <summary>Ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        _steering.Dispose();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();

        // All places back: every connection has ended.
        for (int i = 0; i < MostConnections; i++)
        {
            await _places.WaitAsync().ConfigureAwait(false);
        }

        _places.Dispose();
        _stop.Dispose();
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen(MostConnections);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                // Counted by its place, which it gives back.
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                _places.Release();
                return;
            }
            catch (SocketException)
            {
                // The client has gone already, or this process has no descriptor left: the next attempt may do better.
                _places.Release();
                await Task.Delay(RetryInterval, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using (client)
            {
                await JoinAsync(client).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or SkerryException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody listens in the guest, or one side has gone: the closed connection says so.
        }
        finally
        {
            _places.Release();
        }
    }

    // The address that the client named is the connection's own on our side.
    private async Task JoinAsync(Socket client)
    {
        int port = ((IPEndPoint)client.LocalEndPoint!).Port;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(ConnectLimit);
        VsockStream guest = await _channel.ConnectAsync(VsockPorts.Forward, limit.Token).ConfigureAwait(false);
        await using (guest.ConfigureAwait(false))
        {
            byte[] wanted = new byte[sizeof(ushort)];
            BinaryPrimitives.WriteUInt16BigEndian(wanted, (ushort)port);
            await guest.WriteAsync(wanted, limit.Token).ConfigureAwait(false);
            await StreamBridge.JoinAsync(client, guest, _stop.Token).ConfigureAwait(false);
        }
    }
}
