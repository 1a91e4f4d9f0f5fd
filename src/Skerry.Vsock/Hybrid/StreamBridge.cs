using System.Buffers;
using System.Net.Sockets;

namespace Skerry.Vsock.Hybrid;

/// <summary>Joins two connections: copies both ways, carries the end of either direction over, and ends when both have ended or one fails.</summary>
public static class StreamBridge
{
    private const int CopyBytes = 32 << 10;

    /// <summary>Joins a connected socket, which it disposes, and <paramref name="guest"/>, which it does not.</summary>
    /// <param name="socket">A stream socket.</param>
    /// <param name="guest">A stream of the guest channel.</param>
    /// <param name="cancellationToken">Ends both directions.</param>
    public static async Task JoinAsync(Socket socket, VsockStream guest, CancellationToken cancellationToken)
    {
        var client = new HybridStream(socket, 0, 0);
        await using (client.ConfigureAwait(false))
        {
            await JoinAsync(client, guest, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Joins <paramref name="left"/> and <paramref name="right"/>; disposes neither.</summary>
    public static async Task JoinAsync(VsockStream left, VsockStream right, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task there = CopyAsync(left, right, stop);
        Task back = CopyAsync(right, left, stop);
        await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task CopyAsync(VsockStream from, VsockStream to, CancellationTokenSource stop)
    {
        try
        {
            while (await CopySomeAsync(from, to, stop.Token).ConfigureAwait(false))
            {
            }

            to.ShutdownSend();
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits without a buffer, so that an idle connection costs none, then copies what there is; false at the end.</summary>
    private static async ValueTask<bool> CopySomeAsync(VsockStream from, VsockStream to, CancellationToken cancellationToken)
    {
        await from.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            int count = await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
