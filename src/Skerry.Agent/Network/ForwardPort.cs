using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Skerry.Vsock;
using Skerry.Vsock.Hybrid;

namespace Skerry.Agent.Network;

/// <summary>
/// The guest's half of port forwarding: a stream of the host names a TCP port, two bytes in network order, and is joined with what
/// listens on it at the guest's loopback. A port that nobody listens on closes the stream.
/// </summary>
internal static class ForwardPort
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly IPAddress[] s_loopbacks = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    /// <summary>Serves one stream.</summary>
    public static async Task ServeAsync(VsockStream stream, CancellationToken cancellationToken)
    {
        byte[] wanted = new byte[sizeof(ushort)];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        await stream.ReadExactlyAsync(wanted, limit.Token).ConfigureAwait(false);
        if (await TryConnectAsync(BinaryPrimitives.ReadUInt16BigEndian(wanted), limit.Token).ConfigureAwait(false) is { } socket)
        {
            await StreamBridge.JoinAsync(socket, stream, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<Socket?> TryConnectAsync(ushort port, CancellationToken cancellationToken)
    {
        foreach (IPAddress address in s_loopbacks)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException)
            {
                // Nobody there; perhaps at the other address.
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        return null;
    }
}
