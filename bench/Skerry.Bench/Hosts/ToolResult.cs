namespace Skerry.Bench.Hosts;

/// <summary>What a program printed and how it ended.</summary>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Ends the run with all that is known unless the exit code was 0.</summary>
    public ToolResult Ok() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"{Command}\nended with {ExitCode}\nstdout: {Output}\nstderr: {Error}");
}
