using System.CommandLine;
using Skerry.Cli.Containers;
using Skerry.Core;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry rm</c>: removes containers and all that they have on the host.</summary>
internal sealed class RmCommand : SkerryCommand
{
    private readonly Option<bool> _force = CommandLineParts.Flag("--force", "Kill a running container first; a missing one is no error.", "-f");
    private readonly Option<bool> _whenEnded = CommandLineParts.Flag("--when-ended", "Wait for the end of each container first.");
    private readonly Argument<string[]> _names = CommandLineParts.ContainerNames();

    internal RmCommand(CliHost host)
        : base(host, "rm", "Removes containers. A detached one that has ended keeps its shim, a few MiB without a machine, until then: it answers for the exit code.")
    {
        Add(_force);
        Add(_whenEnded);
        Add(_names);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var containers = new RunningContainers(context.Host);
        foreach (string name in context.Arguments.GetRequiredValue(_names))
        {
            if (context.Arguments.GetValue(_whenEnded))
            {
                await using TaskClient task = await containers.ConnectAsync(name, cancellationToken);
                await task.WaitAsync(string.Empty, cancellationToken);
            }

            await RemoveAsync(containers, name, context.Arguments.GetValue(_force), cancellationToken);
        }

        return ExitCodes.Success;
    }

    private static async Task RemoveAsync(RunningContainers containers, string name, bool force, CancellationToken cancellationToken)
    {
        try
        {
            await containers.RemoveAsync(name, force, cancellationToken);
        }
        catch (SkerryException error) when (force && error.Kind == FailureKind.NotFound)
        {
            // Removing twice at once, or again, is no error with --force.
        }
    }
}
