using System.Text.Json;
using Skerry.Config;
using Skerry.Config.Reference;
using Skerry.Config.Toml;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry env</c>: the configuration in force, each value with its origin.</summary>
internal sealed class EnvCommand : SkerryCommand
{
    internal EnvCommand(CliHost host)
        : base(host, "env", "Shows the configuration in force and where each value comes from.") => Options.Add(GlobalOptions.Json);

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        LoadedConfiguration loaded = context.LoadConfiguration();
        if (context.WantsJson)
        {
            context.Output.WriteJson(json => WriteJson(json, context.Host, loaded));
        }
        else
        {
            context.Output.Write(Heading(context.Host, loaded) + EffectiveConfiguration.ToToml(loaded));
        }

        return Task.FromResult(ExitCodes.Success);
    }

    /// <summary>What is no key stands in comments, so that the output is a configuration file.</summary>
    private static string Heading(CliHost host, LoadedConfiguration loaded)
    {
        string files = loaded.Files.Count == 0 ? "none: these are the built-in defaults" : string.Join(", ", loaded.Files);
        return $"""
            # skerry {ProgramVersion.Current.Version}, installed under {TomlWriter.Quote(host.Prefix.Path)}
            # state: {host.StateDirectory}
            # data: {host.DataDirectory}
            # configuration files: {files}


            """;
    }

    private static void WriteJson(Utf8JsonWriter json, CliHost host, LoadedConfiguration loaded)
    {
        json.WriteStartObject();
        json.WriteString("version", ProgramVersion.Current.Version);
        json.WriteString("prefix", host.Prefix.Path);
        json.WriteString("stateDirectory", host.StateDirectory);
        json.WriteString("dataDirectory", host.DataDirectory);
        json.WriteStartArray("files");
        foreach (string file in loaded.Files)
        {
            json.WriteStringValue(file);
        }

        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (ConfigWarning warning in loaded.Warnings)
        {
            json.WriteStringValue(warning.Message);
        }

        json.WriteEndArray();
        json.WritePropertyName("configuration");
        EffectiveConfiguration.WriteJson(loaded, json);
        json.WriteEndObject();
    }
}
