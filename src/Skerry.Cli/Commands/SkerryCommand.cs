using System.CommandLine;
using System.Runtime.InteropServices;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Cli.Commands;

/// <summary>
/// The base of every command: it declares its options in its constructor and does its work in <see cref="RunAsync"/>; errors and
/// signals are dealt with here, once.
/// </summary>
internal abstract class SkerryCommand : Command
{
    private readonly CliHost _host;

    /// <summary>Makes a command with its name and its one-sentence description.</summary>
    protected SkerryCommand(CliHost host, string name, string description)
        : base(name, description)
    {
        _host = host;
        SetAction(InvokeAsync);
    }

    /// <summary>True for a command that hands SIGINT and SIGTERM to its process; for others they cancel the work.</summary>
    protected virtual bool TakesSignals => false;

    /// <summary>True for a command whose last argument is another program's command line, options included.</summary>
    internal virtual bool PassesOptionsOn => false;

    /// <summary>Does the work and returns the exit code.</summary>
    protected abstract Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken);

    /// <summary>The exit code for an error; <c>run</c> and <c>exec</c> have one of their own.</summary>
    protected virtual int ExitCodeOf(Exception error) => ExitCodes.Of(ErrorReport.KindOf(error));

    private async Task<int> InvokeAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var context = new CommandContext(_host, arguments);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int signal = 0;
        using PosixSignalRegistration? interrupt = TakesSignals ? null : PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using PosixSignalRegistration? terminate = TakesSignals ? null : PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        try
        {
            return await RunAsync(context, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (signal != 0)
        {
            return ExitCodes.SignalBase + signal;
        }
        catch (SyscallException error) when (error.Errno == Errno.EPIPE)
        {
            return ExitCodes.ReaderGone;
        }
        catch (Exception error)
        {
            context.Output.WriteError(error, arguments.GetValue(GlobalOptions.Debug) || ErrorReport.KindOf(error) == FailureKind.Internal);
            return ExitCodeOf(error);
        }

        void Cancel(PosixSignalContext received)
        {
            received.Cancel = true;
            signal = received.Signal == PosixSignal.SIGINT ? 2 : 15;
            stop.Cancel();
        }
    }
}
