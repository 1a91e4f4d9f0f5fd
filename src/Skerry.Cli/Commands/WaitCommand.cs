using System.CommandLine;
using System.Globalization;
using Skerry.Cli.Containers;
using Skerry.Protocols.Shim.Tasks;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry wait</c>: waits for the end of containers and prints their exit codes.</summary>
internal sealed class WaitCommand : SkerryCommand
{
    private readonly Argument<string[]> _names = CommandLineParts.ContainerNames();

    internal WaitCommand(CliHost host)
        : base(host, "wait", "Waits until containers end, then prints their exit codes.") => Add(_names);

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var containers = new RunningContainers(context.Host);
        foreach (string name in context.Arguments.GetRequiredValue(_names))
        {
            await using TaskClient task = await containers.ConnectAsync(name, cancellationToken);
            WaitResponse end = await task.WaitAsync(string.Empty, cancellationToken);
            context.Output.WriteLine(end.ExitStatus.ToString(CultureInfo.InvariantCulture));
        }

        return ExitCodes.Success;
    }
}
