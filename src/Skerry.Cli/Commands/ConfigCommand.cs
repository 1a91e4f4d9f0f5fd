using System.CommandLine;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry config</c>: work on configuration files.</summary>
internal sealed class ConfigCommand : Command
{
    internal ConfigCommand(CliHost host)
        : base("config", "Works on configuration files.") => Subcommands.Add(new ConfigLintCommand(host));
}
