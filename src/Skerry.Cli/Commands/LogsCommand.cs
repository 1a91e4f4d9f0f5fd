using System.CommandLine;
using Skerry.Cli.Containers;
using Skerry.Core;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry logs</c>: the output of a detached container.</summary>
internal sealed class LogsCommand : SkerryCommand
{
    private static readonly TimeSpan FollowStep = TimeSpan.FromMilliseconds(100);

    private readonly Option<bool> _follow = CommandLineParts.Flag("--follow", "Go on until the container ends.", "-f");
    private readonly Argument<string> _name = CommandLineParts.ContainerName();

    internal LogsCommand(CliHost host)
        : base(host, "logs", "Prints the output of a detached container.")
    {
        Add(_follow);
        Add(_name);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var containers = new RunningContainers(context.Host);
        ContainerRecord record = containers.Store.Load(context.Arguments.GetRequiredValue(_name));
        if (record.LogPath is null)
        {
            throw new SkerryException(
                FailureKind.FailedPrecondition, $"container \"{record.Name}\" has no log: its output goes to whoever ran it", "run it with -d to have one");
        }

        await PrintAsync(containers, record, context.Arguments.GetValue(_follow), cancellationToken);
        return ExitCodes.Success;
    }

    private static async Task PrintAsync(RunningContainers containers, ContainerRecord record, bool follow, CancellationToken cancellationToken)
    {
        await using Stream output = Console.OpenStandardOutput();
        await using var log = new FileStream(record.LogPath!, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        while (true)
        {
            // Asked before reading, so that what was written up to the end is still printed.
            bool ended = !follow || await HasEndedAsync(containers, record, cancellationToken);
            await log.CopyToAsync(output, cancellationToken);
            await output.FlushAsync(cancellationToken);
            if (ended)
            {
                return;
            }

            await Task.Delay(FollowStep, cancellationToken);
        }
    }

    private static async Task<bool> HasEndedAsync(RunningContainers containers, ContainerRecord record, CancellationToken cancellationToken)
    {
        ContainerSummary now = await containers.SummariseAsync(record, withSandbox: false, cancellationToken);
        return now.Status is "stopped" or "lost";
    }
}
