namespace Skerry.Agent.Console;

/// <summary>The last log lines in a bounded number of bytes; what falls out before anybody read it is counted.</summary>
/// <remarks>Thread-safe. A reader keeps the number of the line it wants next.</remarks>
internal sealed class LogRing(int capacityBytes)
{
    /// <summary>What an agent keeps, in bytes.</summary>
    public const int DefaultCapacityBytes = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _lines = new();
    private TaskCompletionSource _grown = NewSignal();
    private long _first;
    private int _bytes;

    /// <summary>Appends a line, newline included; the oldest lines make room. A line larger than the ring is dropped.</summary>
    public void Append(byte[] line)
    {
        TaskCompletionSource grown;
        lock (_lock)
        {
            if (line.Length > capacityBytes)
            {
                return;
            }

            while (_bytes + line.Length > capacityBytes)
            {
                _bytes -= _lines.Dequeue().Length;
                _first++;
            }

            _lines.Enqueue(line);
            _bytes += line.Length;
            grown = _grown;
            _grown = NewSignal();
        }

        grown.TrySetResult();
    }

    /// <summary>The lines from number <paramref name="next"/> on, how many were lost before them, and a task that ends when there are more.</summary>
    public (IReadOnlyList<byte[]> Lines, long Lost, Task More) Take(ref long next)
    {
        lock (_lock)
        {
            long lost = Math.Max(0, _first - next);
            byte[][] lines = [.. _lines.Skip((int)Math.Max(0, next - _first))];
            next = _first + _lines.Count;
            return (lines, lost, _grown.Task);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
