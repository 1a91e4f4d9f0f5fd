using System.CommandLine;
using System.Text.Json;
using Skerry.Cli.Containers;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry inspect</c>: all that is known about one container, as JSON.</summary>
internal sealed class InspectCommand : SkerryCommand
{
    private readonly Argument<string> _name = CommandLineParts.ContainerName();

    internal InspectCommand(CliHost host)
        : base(host, "inspect", "Prints all that is known about a container, as JSON.") => Add(_name);

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var containers = new RunningContainers(context.Host);
        ContainerRecord record = containers.Store.Load(context.Arguments.GetRequiredValue(_name));
        ContainerSummary summary = await containers.SummariseAsync(record, withSandbox: true, cancellationToken);
        context.Output.WriteLine(JsonSerializer.Serialize(summary, ContainerJson.Default.ContainerSummary));
        return ExitCodes.Success;
    }
}
