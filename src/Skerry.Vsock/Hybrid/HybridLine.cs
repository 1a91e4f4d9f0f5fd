using System.Net.Sockets;

namespace Skerry.Vsock.Hybrid;

/// <summary>Reads the one line at the start of a connection, and not a byte more: what follows belongs to the stream.</summary>
internal static class HybridLine
{
    /// <summary>The line without its newline; null when the peer closes first, or writes more than a line may have.</summary>
    internal static async Task<byte[]?> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] line = new byte[HybridHandshake.MaxLine];
        int length = 0;
        while (length < line.Length)
        {
            // Looks first, then takes up to the newline.
            int seen = await socket.ReceiveAsync(line.AsMemory(length), SocketFlags.Peek, cancellationToken).ConfigureAwait(false);
            if (seen == 0)
            {
                return null;
            }

            int newline = line.AsSpan(length, seen).IndexOf((byte)'\n');
            int wanted = newline < 0 ? seen : newline + 1;
            length += await socket.ReceiveAsync(line.AsMemory(length, wanted), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (newline >= 0)
            {
                return line[..(length - 1)];
            }
        }

        return null;
    }
}
