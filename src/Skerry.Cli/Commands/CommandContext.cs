using System.CommandLine;
using Skerry.Cli.Output;
using Skerry.Config;

namespace Skerry.Cli.Commands;

/// <summary>What a command works with: its arguments, its output, the machine it runs on.</summary>
internal sealed class CommandContext(CliHost host, ParseResult arguments)
{
    internal CliHost Host { get; } = host;

    internal ParseResult Arguments { get; } = arguments;

    internal CommandOutput Output { get; } = new(host);

    /// <summary>True when the result is wanted as JSON.</summary>
    internal bool WantsJson => Arguments.GetValue(GlobalOptions.Json);

    /// <summary>Loads the configuration that <c>--config</c>, the environment and the usual places give, and prints its warnings.</summary>
    /// <param name="overrides">Values of the command's own flags; they win.</param>
    internal LoadedConfiguration LoadConfiguration(params IReadOnlyList<ConfigOverride> overrides)
    {
        LoadedConfiguration loaded = ConfigurationLoader.Load(ConfigurationRequest with { Overrides = overrides });
        foreach (ConfigWarning warning in loaded.Warnings)
        {
            Output.WriteWarning(warning.Message);
        }

        return loaded;
    }

    /// <summary>The request behind <see cref="LoadConfiguration"/>.</summary>
    internal ConfigurationRequest ConfigurationRequest => new()
    {
        ConfigPath = Arguments.GetValue(GlobalOptions.Config),
        Prefix = Host.Prefix,
        EtcDirectory = Host.EtcDirectory,
        Environment = Host.Environment,
    };
}
