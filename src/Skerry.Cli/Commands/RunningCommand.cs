using Skerry.Core;

namespace Skerry.Cli.Commands;

/// <summary>A command that runs a process and passes on its exit code, its signals and its options.</summary>
internal abstract class RunningCommand(CliHost host, string name, string description) : SkerryCommand(host, name, description)
{
    private const int CommandNotExecutable = 126;
    private const int CommandNotFound = 127;
    private const string NotStarted = "unable to start container process: exec";
    private static readonly string[] Missing = ["executable file not found", "no such file or directory"];

    internal override bool PassesOptionsOn => true;

    protected override bool TakesSignals => true;

    /// <summary>The exit code of a process that could not be started, from the words that runtimes share for it.</summary>
    protected override int ExitCodeOf(Exception error)
    {
        string text = ErrorReport.OneLine(error);
        int reason = text.IndexOf(NotStarted, StringComparison.Ordinal);
        if (reason < 0)
        {
            return ExitCodes.RunFailed;
        }

        bool missing = Missing.Any(words => text.IndexOf(words, reason, StringComparison.Ordinal) > 0);
        return missing ? CommandNotFound : CommandNotExecutable;
    }
}
