using System.CommandLine;
using Skerry.Cli.Containers;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Shim.Tasks;
using Skerry.Protocols.Types;

namespace Skerry.Cli.Commands;

/// <summary><c>skerry stop</c>: asks containers to end, then makes them.</summary>
internal sealed class StopCommand : SkerryCommand
{
    private readonly Option<int> _time = new("--time", "-t")
    {
        Description = "Seconds between SIGTERM and SIGKILL.",
        DefaultValueFactory = _ => 10,
        HelpName = "SECONDS",
    };

    private readonly Argument<string[]> _names = CommandLineParts.ContainerNames();

    internal StopCommand(CliHost host)
        : base(host, "stop", "Stops containers: SIGTERM, then SIGKILL.")
    {
        Add(_time);
        Add(_names);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        TimeSpan grace = TimeSpan.FromSeconds(Math.Max(0, context.Arguments.GetValue(_time)));
        var containers = new RunningContainers(context.Host);
        await Task.WhenAll(context.Arguments.GetRequiredValue(_names).Select(name => StopAsync(containers, name, grace, cancellationToken)));
        return ExitCodes.Success;
    }

    private static async Task StopAsync(RunningContainers containers, string name, TimeSpan grace, CancellationToken cancellationToken)
    {
        await using TaskClient task = await containers.ConnectAsync(name, cancellationToken);
        StateResponse state = await task.StateAsync(cancellationToken);
        if (state.Status == Status.Stopped)
        {
            return;
        }

        Task<WaitResponse> end = task.WaitAsync(string.Empty, cancellationToken);
        await KillUnlessGoneAsync(task, Signals.SIGTERM, cancellationToken);
        if (await Task.WhenAny(end, Task.Delay(grace, cancellationToken)) != end)
        {
            await KillUnlessGoneAsync(task, Signals.SIGKILL, cancellationToken);
        }

        await end;
    }

    private static async Task KillUnlessGoneAsync(TaskClient task, int signal, CancellationToken cancellationToken)
    {
        try
        {
            await task.KillAsync(string.Empty, (uint)signal, all: signal == Signals.SIGKILL, cancellationToken);
        }
        catch (SkerryException error) when (error.Kind is FailureKind.NotFound or FailureKind.FailedPrecondition)
        {
            // It ended by itself, which is what was asked for.
        }
    }
}
