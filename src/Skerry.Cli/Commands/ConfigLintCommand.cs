using System.CommandLine;
using System.Text.Json;
using Skerry.Config;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry config lint</c>: every fault of a configuration file and its drop-ins, and every file it names that is missing.</summary>
internal sealed class ConfigLintCommand : SkerryCommand
{
    private readonly Argument<string?> _file = new("FILE")
    {
        Description = "The file to check; without it the configuration in force.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    internal ConfigLintCommand(CliHost host)
        : base(host, "lint", "Checks a configuration file with its drop-ins: exit code 0 when it can be used, 1 when it has faults.")
    {
        Arguments.Add(_file);
        Options.Add(GlobalOptions.Json);
    }

    protected override Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        ConfigurationRequest request = context.ConfigurationRequest;
        request = request with { ConfigPath = context.Arguments.GetValue(_file) ?? request.ConfigPath };
        (IReadOnlyList<ConfigFault> faults, IReadOnlyList<string> warnings) = Lint(request);
        if (context.WantsJson)
        {
            context.Output.WriteJson(json => WriteJson(json, faults, warnings));
        }
        else
        {
            WriteText(context, faults, warnings);
        }

        return Task.FromResult(faults.Count == 0 ? ExitCodes.Success : ExitCodes.AnswerIsNo);
    }

    private static (IReadOnlyList<ConfigFault> Faults, IReadOnlyList<string> Warnings) Lint(ConfigurationRequest request)
    {
        try
        {
            LoadedConfiguration loaded = ConfigurationLoader.Load(request);
            return ([], [.. loaded.Warnings.Select(warning => warning.Message), .. MissingFiles(loaded)]);
        }
        catch (ConfigurationException error)
        {
            return (error.Faults, []);
        }
    }

    private static IEnumerable<string> MissingFiles(LoadedConfiguration loaded)
    {
        HypervisorConfig hypervisor = loaded.Config.Hypervisor;
        (string Key, string? Path)[] files =
        [
            ("path", hypervisor.Path),
            ("kernel", hypervisor.Kernel),
            ("initrd", hypervisor.Initrd),
            ("image", hypervisor.Image),
            ("virtio_fs_daemon", hypervisor.VirtioFsDaemon),
        ];
        return from file in files
               where file.Path is not null && !File.Exists(file.Path)
               select $"{loaded.OriginOf("hypervisor." + file.Key)}: {file.Key} = \"{file.Path}\": there is no such file";
    }

    private static void WriteText(CommandContext context, IReadOnlyList<ConfigFault> faults, IReadOnlyList<string> warnings)
    {
        foreach (ConfigFault fault in faults)
        {
            context.Output.WriteMarked("fault", Spectre.Console.Color.Red, $"    {fault}");
        }

        foreach (string warning in warnings)
        {
            context.Output.WriteMarked("warning", Spectre.Console.Color.Yellow, $"  {warning}");
        }

        if (faults.Count == 0 && warnings.Count == 0)
        {
            context.Output.WriteLine("no faults");
        }
    }

    private static void WriteJson(Utf8JsonWriter json, IReadOnlyList<ConfigFault> faults, IReadOnlyList<string> warnings)
    {
        json.WriteStartObject();
        json.WriteStartArray("faults");
        foreach (ConfigFault fault in faults)
        {
            json.WriteStartObject();
            json.WriteString("source", fault.Origin.Source);
            json.WriteNumber("line", fault.Origin.Line);
            json.WriteString("message", fault.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("warnings");
        foreach (string warning in warnings)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
