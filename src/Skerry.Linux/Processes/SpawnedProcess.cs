namespace Skerry.Linux;

/// <summary>A child that runs its program, or waits at its gate.</summary>
public sealed class SpawnedProcess : IDisposable
{
    private readonly SpawnReport _report;
    private readonly Task<ExitStatus> _exit;

    internal SpawnedProcess(PidFd pidFd, Task<ExitStatus> exit, SpawnReport report, bool atGate, FileDescriptor? terminal)
    {
        PidFd = pidFd;
        Terminal = terminal;
        _exit = exit;
        _report = report;
        ExecResult = atGate ? report.ReadFailureAsync() : Task.FromResult<SpawnFailure?>(null);
    }

    /// <summary>The pid in our pid namespace.</summary>
    public int Pid => PidFd.Pid;

    /// <summary>The process's descriptor; disposed with this object.</summary>
    public PidFd PidFd { get; }

    /// <summary>The master of a terminal made by <see cref="SpawnRequest.AllocateTerminal"/>; the caller's to dispose.</summary>
    public FileDescriptor? Terminal { get; }

    /// <summary>
    /// After the gate has opened: null when the program runs, or the process ended before (see <see cref="WaitAsync"/>); otherwise why not.
    /// Without a gate it is null at once. Faults with <see cref="ObjectDisposedException"/> when this object is disposed first.
    /// </summary>
    public Task<SpawnFailure?> ExecResult { get; }

    /// <summary>Completes when the process has ended and was reaped; may be called many times, also after dispose.</summary>
    public Task<ExitStatus> WaitAsync(CancellationToken cancellationToken) => _exit.WaitAsync(cancellationToken);

    /// <summary>Lets go of the process, which goes on; it is reaped in any case.</summary>
    public void Dispose()
    {
        _report.Dispose();
        PidFd.Dispose();
    }
}
