using System.Text;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Shim;

/// <summary>
/// The log as containerd reads it: one <c>time=… level=… msg=…</c> line per event into the fifo <c>log</c> of the bundle.
/// Never waits and never fails: a line that nobody takes is dropped. We hold the fifo open for reading too, so that a
/// containerd that goes away raises no SIGPIPE and one that comes back reads on.
/// </summary>
internal sealed class FifoLog : ILogger, IDisposable
{
    private const int MaxLineBytes = 4096;

    private readonly Lock _lock = new();
    private readonly FileDescriptor? _fifo;
    private readonly TimeProvider _clock;

    private FifoLog(FileDescriptor? fifo, LogLevel level, TimeProvider clock)
    {
        _fifo = fifo;
        Level = level;
        _clock = clock;
    }

    /// <summary>The least level that is written; the configuration, which is read late, may change it.</summary>
    internal LogLevel Level { get; set; }

    /// <summary>Opens the log; one that cannot be opened swallows everything.</summary>
    internal static FifoLog Open(string path, LogLevel level, TimeProvider clock)
    {
        bool usable = File.Exists(path);
        FileDescriptor? fifo = usable ? FileDescriptor.TryOpen(path, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK | OpenFlags.O_APPEND, 0, out _) : null;
        return new FifoLog(fifo, level, clock);
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => _fifo is not null && logLevel >= Level && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string message = formatter(state, exception);
        if (exception is not null)
        {
            message = $"{message}: {ErrorReport.OneLine(exception)}";
        }

        byte[] line = Encoding.UTF8.GetBytes($"time=\"{_clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffffffZ}\" level={Word(logLevel)} msg={Quote(message)} event={eventId.Id}\n");
        lock (_lock)
        {
            // EAGAIN: the pipe is full because nobody reads; the line is lost, the sandbox is not.
            _fifo?.TryWrite(line.Length <= MaxLineBytes ? line : [.. line.AsSpan(0, MaxLineBytes - 2), (byte)'"', (byte)'\n'], out _);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _fifo?.Dispose();

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) => quoted.Append('?'),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
