namespace Skerry.Agent.Console;

/// <summary>A value that a line of the log carries under a name of its own, beside the message.</summary>
internal readonly record struct LogField(string Name, string Value);
