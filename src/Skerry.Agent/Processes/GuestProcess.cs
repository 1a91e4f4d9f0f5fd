using Skerry.Agent.Console;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Agent.Processes;

/// <summary>One process of a container, the first or a further one, from its spawn until it is forgotten.</summary>
internal sealed class GuestProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly SpawnedProcess _process;
    private readonly AgentLogger _logger;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<int> _finished;

    /// <summary>Takes over a spawned process and its streams, which begin to flow.</summary>
    public GuestProcess(string containerId, string execId, SpawnedProcess process, ProcessStdio stdio, AgentLogger logger)
    {
        ContainerId = containerId;
        ExecId = execId;
        Stdio = stdio;
        _process = process;
        _logger = logger;
        stdio.Start();
        _finished = FinishAsync();
    }

    /// <summary>The container it belongs to.</summary>
    public string ContainerId { get; }

    /// <summary>Its name in requests; the container's id for the first process.</summary>
    public string ExecId { get; }

    /// <summary>Its process id in the guest.</summary>
    public int Pid => _process.Pid;

    /// <summary>Its descriptor, for signals and namespaces.</summary>
    public PidFd PidFd => _process.PidFd;

    /// <summary>Its standard streams.</summary>
    public ProcessStdio Stdio { get; }

    /// <summary>Completes at once when the process is gone: exit code, or 128 + signal.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Completes when the process is gone and its outputs have been handed on.</summary>
    public Task<int> Finished => _finished;

    /// <summary>True once the process is gone.</summary>
    public bool HasExited => _exited.Task.IsCompleted;

    /// <summary>Sends a signal; one to a process that is gone is no error.</summary>
    public void Signal(int signal)
    {
        if (!HasExited)
        {
            PidFd.SendSignal(signal);
        }
    }

    /// <summary>Tells the terminal its size.</summary>
    /// <exception cref="SkerryException">FailedPrecondition when the process has no terminal.</exception>
    public void Resize(ushort rows, ushort columns)
    {
        FileDescriptor master = Stdio.Master
            ?? throw new SkerryException(FailureKind.FailedPrecondition, $"process \"{ExecId}\" of container \"{ContainerId}\" has no terminal");
        Pty.Resize(master, rows, columns);
    }

    /// <summary>Lets go of the streams; the process itself has to be gone, or going.</summary>
    public async ValueTask DisposeAsync()
    {
        await ((Task)_finished).WaitAsync(s_patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Stdio.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<int> FinishAsync()
    {
        ExitStatus status = await _process.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        _exited.SetResult(status.ShellCode);
        Log.ProcessExited(_logger, ContainerId, ExecId, status.ShellCode);
        Stdio.ProcessExited();
        await Stdio.SettleAsync().ConfigureAwait(false);
        return status.ShellCode;
    }
}
