using System.Globalization;
using System.Text;

namespace Skerry.Agent.Console;

/// <summary>Sends the log to whoever connects: what the ring still holds, then every new line.</summary>
internal sealed class LogPort(LogRing ring)
{
    private int _readers;

    /// <summary>True while a host reads the log.</summary>
    public bool IsRead => Volatile.Read(ref _readers) > 0;

    /// <summary>Serves one reader until it goes away.</summary>
    public async Task ServeAsync(Stream stream, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _readers);
        try
        {
            for (long next = 0; ;)
            {
                (IReadOnlyList<byte[]> lines, long lost, Task more) = ring.Take(ref next);
                if (lost > 0)
                {
                    await stream.WriteAsync(Gap(lost), cancellationToken).ConfigureAwait(false);
                }

                foreach (byte[] line in lines)
                {
                    await stream.WriteAsync(line, cancellationToken).ConfigureAwait(false);
                }

                await more.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    private static byte[] Gap(long lost) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"msg\":\"{lost} lines lost\",\"level\":\"WARN\",\"name\":\"skerry-agent\"}}\n"));
}
