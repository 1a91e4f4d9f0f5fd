using Microsoft.Extensions.Logging;

namespace Skerry.Agent.Console;

/// <summary>The agent's logger: every line goes to the ring, which the host reads on the log port, and to the console while nobody does.</summary>
internal sealed class AgentLogger(LogRing ring, TimeProvider time, string subsystem = "agent") : ILogger
{
    /// <summary>Messages below this level are dropped.</summary>
    public LogLevel Threshold { get; set; } = LogLevel.Information;

    /// <summary>Takes lines while no host is connected to the log port: the guest's console, or standard error in tests.</summary>
    public Action<ReadOnlyMemory<byte>>? ConsoleSink { get; set; }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= Threshold && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        IReadOnlyList<KeyValuePair<string, object?>> fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        byte[] line = LogLine.Format(time.GetUtcNow(), NameOf(logLevel), subsystem, formatter(state, exception), fields, exception);
        ring.Append(line);
        if (logLevel >= LogLevel.Information)
        {
            // A serial console takes milliseconds for a line: what is for us only would slow the guest down.
            ConsoleSink?.Invoke(line);
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRCE",
        LogLevel.Debug => "DEBG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        LogLevel.Error => "ERRO",
        _ => "CRIT",
    };
}
