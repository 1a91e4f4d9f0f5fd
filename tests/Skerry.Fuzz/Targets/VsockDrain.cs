using Skerry.Vsock;
using Skerry.Vsock.Carriers;
using Skerry.Vsock.Engine;

namespace Skerry.Fuzz.Targets;

/// <summary>Feeds a session in pieces, takes what it wants to send, and checks the limits.</summary>
internal static class VsockDrain
{
    internal static void Feed(VsockEngine engine, SerialSession session, byte[] input)
    {
        byte[] output = new byte[8192];
        var wakes = default(WakeList);
        int position = 0;
        while (position < input.Length)
        {
            int piece = Math.Min(1 + (input[position] & 127), input.Length - position);
            lock (engine.Lock)
            {
                session.Receive(input.AsSpan(position, piece), ref wakes);
            }

            position += piece;
            while (engine.TryClaimOutput())
            {
                while (engine.Fill(output, ref wakes) > 0)
                {
                }
            }

            wakes.Run();
        }
    }

    internal static void Check(VsockEngine engine, Task<VsockStream>[] streams, uint bufferBytes)
    {
        if (engine.ConnectionCount > 3)
        {
            throw new InvalidOperationException($"{engine.ConnectionCount} connections are above the limit");
        }

        foreach (VsockStream stream in streams.Where(stream => stream.IsCompletedSuccessfully).Select(stream => stream.Result))
        {
            int kept = ReadAll(stream, new byte[2 * bufferBytes]);
            if (kept > bufferBytes)
            {
                throw new InvalidOperationException($"{kept} bytes were kept, {bufferBytes} were allowed");
            }
        }
    }

    private static int ReadAll(VsockStream stream, byte[] buffer)
    {
        try
        {
            Task<int> read = stream.ReadAsync(buffer).AsTask();
            return read.IsCompletedSuccessfully ? read.Result : 0;
        }
        catch (IOException)
        {
            // Reset with nothing left to read.
            return 0;
        }
    }
}
