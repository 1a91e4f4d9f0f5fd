using System.Runtime.InteropServices;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Cli.Containers;

/// <summary>
/// What joins our terminal and signals to a process in a sandbox while we are attached: with a terminal, raw mode and its
/// size; without one, signals that we receive are passed on.
/// </summary>
internal sealed class TerminalSession : IDisposable
{
    private static readonly PosixSignal[] Forwarded = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly List<IDisposable> _undo = [];
    private readonly TaskClient _task;
    private readonly string _execId;

    private TerminalSession(TaskClient task, string execId)
    {
        _task = task;
        _execId = execId;
    }

    /// <summary>Joins this process's terminal or signals to a process.</summary>
    /// <param name="task">The container.</param>
    /// <param name="execId">The process; empty for the init process.</param>
    /// <param name="terminal">Whether the process has a terminal.</param>
    public static async Task<TerminalSession> AttachAsync(TaskClient task, string execId, bool terminal)
    {
        var session = new TerminalSession(task, execId);
        if (terminal && Terminals.IsTerminal(StandardInput()))
        {
            session._undo.Add(RawTerminal.Enter(StandardInput()));
            session._undo.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Post(session.ResizeAsync)));
            await session.ResizeAsync();
        }

        foreach (PosixSignal signal in Forwarded)
        {
            session._undo.Add(PosixSignalRegistration.Create(signal, session.Forward));
        }

        return session;
    }

    public void Dispose()
    {
        foreach (IDisposable undo in _undo.AsEnumerable().Reverse())
        {
            undo.Dispose();
        }
    }

    private static FileDescriptor StandardInput() => new(0, ownsHandle: false);

    private void Forward(PosixSignalContext context)
    {
        context.Cancel = true;
        uint number = context.Signal switch
        {
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGQUIT => 3,
            PosixSignal.SIGHUP => 1,
            _ => 15,
        };
        Post(() => _task.KillAsync(_execId, number, all: false, CancellationToken.None));
    }

    private async Task ResizeAsync()
    {
        (ushort rows, ushort columns) = Pty.GetSize(StandardInput());
        if (rows > 0 && columns > 0)
        {
            await _task.ResizeAsync(_execId, columns, rows, CancellationToken.None);
        }
    }

    /// <summary>Runs a call that a signal asked for; a process that has ended meanwhile needs neither signal nor size.</summary>
    private static void Post(Func<Task> call) => _ = Task.Run(async () =>
    {
        try
        {
            await call();
        }
        catch (SkerryException error) when (error.Kind is FailureKind.NotFound or FailureKind.FailedPrecondition or FailureKind.Unavailable)
        {
            // The process is gone; waiting for it tells.
        }
    });
}
