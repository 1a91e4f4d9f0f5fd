using Skerry.Core;

namespace Skerry.Hypervisor;

/// <summary>Reads a stream to its end and hands on what comes, with one small buffer.</summary>
internal static class StreamDrain
{
    /// <summary>Ends, never faulted, at the end of the stream, at an error of it, or when cancelled.</summary>
    internal static async Task RunAsync(Stream stream, DrainTarget target, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int read)
            {
                target(buffer.AsSpan(0, read));
            }
        }
        catch (Exception error) when (error is IOException or SkerryException or ObjectDisposedException or OperationCanceledException)
        {
            // The other side is gone, or we are: what was read is kept.
            return;
        }
    }
}

/// <summary>Takes bytes as they come.</summary>
internal delegate void DrainTarget(ReadOnlySpan<byte> bytes);
