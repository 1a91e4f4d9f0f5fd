namespace Skerry.Agent.Console;

/// <summary>The agent's logger: every line goes to the ring, which the host reads on the log port; what matters also to the console while nobody does.</summary>
/// <remarks>
/// Not an ILogger: the first call of its generic virtual method makes the runtime build types, and its message templates are parsed at
/// run time. Under TCG, where code that runs once is what costs, that is 20 ms of every start.
/// </remarks>
internal sealed class AgentLogger(LogRing ring, TimeProvider time, string subsystem = "agent")
{
    /// <summary>Messages below this level are dropped.</summary>
    public LogLevel Threshold { get; set; } = LogLevel.Information;

    /// <summary>Messages below this level are kept from the console: a serial one takes milliseconds for a line.</summary>
    public LogLevel ConsoleThreshold { get; set; } = LogLevel.Warning;

    /// <summary>Takes lines while no host is connected to the log port: the guest's console, or standard error in tests.</summary>
    public Action<ReadOnlyMemory<byte>>? ConsoleSink { get; set; }

    /// <summary>True when messages of that level are kept: ask before a message that costs something to make.</summary>
    public bool IsEnabled(LogLevel level) => level >= Threshold;

    /// <summary>Writes a line.</summary>
    public void Write(LogLevel level, string message, params ReadOnlySpan<LogField> fields) => Write(level, null, message, fields);

    /// <summary>Writes a line with an error and all its causes.</summary>
    public void Write(LogLevel level, Exception? error, string message, params ReadOnlySpan<LogField> fields)
    {
        if (!IsEnabled(level))
        {
            return;
        }

        byte[] line = LogLine.Format(time.GetUtcNow(), NameOf(level), subsystem, message, fields, error);
        ring.Append(line);
        if (level >= ConsoleThreshold)
        {
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
