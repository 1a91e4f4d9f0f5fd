using System.CommandLine;

namespace Skerry.Cli;

/// <summary>The options every command has, and the shared ones that some have.</summary>
internal static class GlobalOptions
{
    /// <summary>The configuration file to use.</summary>
    internal static Option<string?> Config { get; } = new("--config")
    {
        Description = "The configuration file; without it SKERRY_CONFIG and the usual places are searched.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>Prints stack traces.</summary>
    internal static Option<bool> Debug { get; } = new("--debug")
    {
        Description = "Print stack traces with errors.",
        Recursive = true,
    };

    /// <summary>For the commands whose result a script may want: one JSON value on standard output, and nothing else there.</summary>
    internal static Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as JSON.",
    };
}
