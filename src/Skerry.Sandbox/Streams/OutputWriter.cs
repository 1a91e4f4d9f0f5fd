using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// Writes one output of a process and never stops the process: what cannot be written is dropped. A full disk may have room again, so
/// every piece is tried anew; a reader that is gone stays gone. The log hears of it twice: at the first loss, and at the end of all losses.
/// </summary>
internal sealed class OutputWriter(OutputSink sink, string process, string stream, ILogger log)
{
    private long _lostBytes;
    private bool _gone;

    /// <summary>Writes, or drops; waits while the reader is slow.</summary>
    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_gone)
        {
            _lostBytes += bytes.Length;
            return;
        }

        try
        {
            await sink.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SkerryException)
        {
            Lose(bytes.Length, error);
        }
    }

    /// <summary>The end of the output.</summary>
    internal ValueTask CompleteAsync()
    {
        if (_lostBytes > 0)
        {
            Log.OutputLostInAll(log, process, stream, sink.Name, _lostBytes);
        }

        return sink.CompleteAsync();
    }

    private void Lose(int count, Exception error)
    {
        if (_lostBytes == 0)
        {
            Log.OutputLost(log, process, stream, sink.Name, error.Message);
        }

        _lostBytes += count;
        _gone = (error as SyscallException ?? error.InnerException) is not SyscallException { Errno: Errno.ENOSPC or Errno.EDQUOT };
    }
}
