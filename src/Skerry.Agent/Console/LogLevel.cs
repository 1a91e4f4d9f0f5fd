namespace Skerry.Agent.Console;

/// <summary>How much a line of the log matters.</summary>
internal enum LogLevel
{
    /// <summary>Every step.</summary>
    Trace = 0,

    /// <summary>For us.</summary>
    Debug,

    /// <summary>Rare, useful in production.</summary>
    Information,

    /// <summary>Odd but harmless.</summary>
    Warning,

    /// <summary>Something that was asked for did not happen.</summary>
    Error,

    /// <summary>The agent cannot go on.</summary>
    Critical,
}
