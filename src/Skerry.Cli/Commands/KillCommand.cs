using System.CommandLine;
using Skerry.Cli.Containers;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry kill</c>: sends a signal to the init process of containers.</summary>
internal sealed class KillCommand : SkerryCommand
{
    private readonly Option<string> _signal = new("--signal", "-s")
    {
        Description = "The signal, by name or number.",
        DefaultValueFactory = _ => "KILL",
        HelpName = "SIG",
    };

    private readonly Argument<string[]> _names = CommandLineParts.ContainerNames();

    internal KillCommand(CliHost host)
        : base(host, "kill", "Sends a signal to containers.")
    {
        Add(_signal);
        Add(_names);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        uint signal = Parse(context.Arguments.GetRequiredValue(_signal));
        var containers = new RunningContainers(context.Host);
        foreach (string name in context.Arguments.GetRequiredValue(_names))
        {
            await using TaskClient task = await containers.ConnectAsync(name, cancellationToken);
            await task.KillAsync(string.Empty, signal, all: false, cancellationToken);
        }

        return ExitCodes.Success;
    }

    private static uint Parse(string text) => Signals.TryParse(text, out int number)
        ? (uint)number
        : throw new SkerryException(FailureKind.InvalidArgument, $"\"{text}\" is not a signal", "use a name like TERM or SIGTERM, or a number from 1 to 64");
}
