using System.CommandLine;
using System.Text.Json;
using Skerry.Cli.Containers;
using Skerry.Cli.Output;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry ps</c>: the containers and what is true about them.</summary>
internal sealed class PsCommand : SkerryCommand
{
    private const int LongestCommand = 40;

    private readonly Option<bool> _all = CommandLineParts.Flag("--all", "Show stopped and lost containers too.", "-a");
    private readonly Option<bool> _quiet = CommandLineParts.Flag("--quiet", "Print names only.", "-q");

    internal PsCommand(CliHost host)
        : base(host, "ps", "Lists containers.")
    {
        Options.Add(_all);
        Options.Add(_quiet);
        Options.Add(GlobalOptions.Json);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<ContainerSummary> containers = await ListAsync(context, cancellationToken);
        if (context.WantsJson)
        {
            context.Output.WriteJson(json => JsonSerializer.Serialize(json, containers, ContainerJson.Default.IReadOnlyListContainerSummary));
        }
        else if (context.Arguments.GetValue(_quiet))
        {
            foreach (ContainerSummary container in containers)
            {
                context.Output.WriteLine(container.Name);
            }
        }
        else
        {
            context.Output.WriteTable(ToTable(containers));
        }

        return ExitCodes.Success;
    }

    private async Task<IReadOnlyList<ContainerSummary>> ListAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var containers = new RunningContainers(context.Host);
        ContainerSummary[] summaries = await Task.WhenAll(
            containers.Store.List().Select(record => containers.SummariseAsync(record, withSandbox: false, cancellationToken)));
        bool all = context.Arguments.GetValue(_all);
        return [.. summaries.Where(container => all || container.Status is "running" or "paused" or "created")];
    }

    private static TableView ToTable(IEnumerable<ContainerSummary> containers) => new(
        ["NAME", "IMAGE", "COMMAND", "CREATED", "STATUS"],
        [.. containers.Select(container => (IReadOnlyList<string>)
        [
            container.Name,
            container.Image,
            Shorten(string.Join(' ', container.Command)),
            $"{Ages.Describe(TimeProvider.System.GetUtcNow() - container.CreatedAt)} ago",
            container.ExitCode is int code ? $"exited ({code})" : container.Status,
        ])]);

    private static string Shorten(string text) => text.Length <= LongestCommand ? text : text[..(LongestCommand - 1)] + "…";
}
