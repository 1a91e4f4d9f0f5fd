using Skerry.Core;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <content>Processes: start, exec, signals, terminals, waiting.</content>
public sealed partial class SandboxDriver
{
    private const uint Sigkill = 9;
    private static readonly TimeSpan SignalLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    // Output that waits for its reader so long is not read: the end is told, as runc does at once, and copying goes on.
    private static readonly TimeSpan ReaderPatience = TimeSpan.FromMilliseconds(100);

    // How long output may wait for a reader until its machine ends; runc's number.
    private static readonly TimeSpan UnreadLimit = TimeSpan.FromSeconds(10);

    /// <summary>Registers a process to be started by <see cref="StartAsync"/>.</summary>
    /// <exception cref="SkerryException">AlreadyExists; FailedPrecondition when the container does not run.</exception>
    public Task ExecAsync(ContainerId id, ExecId execId, ExecConfig config, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return OnDriverAsync(() =>
        {
            GuestProcess process = FindContainer(id).AddExec(execId.Value, config.Stdio);
            process.Exec = config.Process;
            _events.ExecAdded(process);
        });
    }

    /// <summary>Starts a container's first process, or a registered exec.</summary>
    /// <returns>The process id that stands for it.</returns>
    public async Task<int> StartAsync(ContainerId id, string execId, CancellationToken cancellationToken)
    {
        (GuestProcess process, SandboxGuest guest) = await OnDriverAsync(() =>
        {
            GuestProcess found = FindContainer(id).Find(execId);
            found.Expect(ProcessState.Created, "start");
            SandboxGuest running = RequireGuest();
            found.BeginStart();
            found.Streams?.HoldInput();
            return (found, running);
        }).ConfigureAwait(false);
        try
        {
            if (process.IsInit)
            {
                await guest.Network.SettleAsync(cancellationToken).ConfigureAwait(false);
            }

            await (process.IsInit
                ? guest.Agent.StartContainerAsync(id.Value, cancellationToken)
                : StartExecAsync(guest, process, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await OnDriverAsync(() => FailStart(process)).ConfigureAwait(false);
            throw await OnDriverAsync(() => Explain(error)).ConfigureAwait(false);
        }

        await OnDriverAsync(() => MarkRunning(guest, process)).ConfigureAwait(false);
        Timeline.Mark(process.IsInit ? "container-started" : "exec-started");
        if (process.IsInit)
        {
            await RunPoststartAsync(id, cancellationToken).ConfigureAwait(false);
        }

        return ProcessId;
    }

    /// <summary>As runc does: a container whose poststart hook fails is killed, and its start has failed.</summary>
    private async Task RunPoststartAsync(ContainerId id, CancellationToken cancellationToken)
    {
        Container container = await OnDriverAsync(() => FindContainer(id)).ConfigureAwait(false);
        try
        {
            await ContainerHooks.StartedAsync(container, ProcessId, cancellationToken).ConfigureAwait(false);
        }
        catch (SkerryException error)
        {
            try
            {
                await KillAsync(id, string.Empty, Sigkill, all: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (SkerryException failure)
            {
                error.CleanupFailures.Add(failure);
            }

            throw;
        }
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="id">The container.</param>
    /// <param name="execId">The exec; empty for init.</param>
    /// <param name="signal">The signal's number.</param>
    /// <param name="all">To every process of the container.</param>
    /// <param name="cancellationToken">Ends the wait for the guest.</param>
    /// <exception cref="SkerryException">NotFound when the process has ended, as runc says it.</exception>
    public async Task KillAsync(ContainerId id, string execId, uint signal, bool all, CancellationToken cancellationToken)
    {
        (GuestProcess process, SandboxGuest? guest) = await OnDriverAsync(() => FindVictim(id, execId)).ConfigureAwait(false);
        if (guest is null)
        {
            return;
        }

        bool final = signal == Sigkill && process.IsInit && IsSandboxItself(id);
        try
        {
            await guest.Agent.SignalProcessAsync(id.Value, all ? string.Empty : process.AgentId, signal, SignalLimit, cancellationToken).ConfigureAwait(false);
        }
        catch (SkerryException error) when (final && error.Kind is FailureKind.TimedOut or FailureKind.Unavailable)
        {
            await ForceAsync(process, SignalLimit).ConfigureAwait(false);
            return;
        }

        if (final)
        {
            await OnDriverAsync(() => Track(EnsureKilledAsync(process))).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the process has ended and its output is with its reader, unless nobody reads it.</summary>
    public async Task<ProcessExit> WaitAsync(ContainerId id, string execId, CancellationToken cancellationToken)
    {
        (_, GuestProcess process) = await FindAsync(id, execId).ConfigureAwait(false);
        return await process.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is known about a process.</summary>
    public Task<ProcessStatus> StatusAsync(ContainerId id, string execId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return OnDriverAsync(() =>
        {
            Container container = FindContainer(id);
            GuestProcess process = container.Find(execId);
            return new ProcessStatus(id, execId, container.Config.Bundle, ProcessId, process.State, process.Stdio, process.Exit);
        });
    }

    /// <summary>Sets the size of a process's terminal; harmless when it has ended.</summary>
    public async Task ResizeAsync(ContainerId id, string execId, uint columns, uint rows, CancellationToken cancellationToken)
    {
        (GuestProcess process, SandboxGuest? guest) = await OnDriverAsync(() =>
        {
            GuestProcess found = FindContainer(id).Find(execId);
            found.TerminalSize = (rows, columns);
            bool running = found.State is ProcessState.Running or ProcessState.Paused || (found.IsInit && found.State == ProcessState.Created);
            return (found, running ? RequireGuest() : null);
        }).ConfigureAwait(false);
        if (guest is not null)
        {
            await guest.Agent.ResizeAsync(id.Value, process.AgentId, rows, columns, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends a process's input after what is still in the fifo.</summary>
    public async Task CloseInputAsync(ContainerId id, string execId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (_, GuestProcess process) = await FindAsync(id, execId).ConfigureAwait(false);
        await OnDriverAsync(() =>
        {
            process.InputClosed = true;
            process.Streams?.CloseInput();
        }).ConfigureAwait(false);
    }

    /// <summary>The process to signal; without a guest when the whole sandbox is on its way down anyway.</summary>
    private (GuestProcess Process, SandboxGuest? Guest) FindVictim(ContainerId id, string execId)
    {
        GuestProcess found = FindContainer(id).Find(execId);
        return found switch
        {
            { State: ProcessState.Stopped or ProcessState.Deleted } => throw new SkerryException(FailureKind.NotFound, "process already finished"),
            { State: ProcessState.Creating } or { IsInit: false, State: ProcessState.Created } => throw found.WrongState("kill"),
            _ => (found, _state == SandboxState.Stopping ? null : RequireGuest()),
        };
    }

    private async Task StartExecAsync(SandboxGuest guest, GuestProcess process, CancellationToken cancellationToken)
    {
        StdioFiles files = await StdioFiles.OpenAsync(process.Stdio, process.ContainerId, Namespace, _log, cancellationToken).ConfigureAwait(false);
        ProcessStreams streams = await ConnectStreamsAsync(guest, process, files, cancellationToken).ConfigureAwait(false);
        await OnDriverAsync(() => AdoptStreams(process, streams)).ConfigureAwait(false);
        var request = new ExecProcessRequest
        {
            ContainerId = process.ContainerId.Value,
            ExecId = process.ExecId,
            Process = GuestSpec.RewriteProcess(process.Exec! with { Terminal = process.Stdio.Terminal }),
            StdinPort = streams.StdinPort,
            StdoutPort = streams.StdoutPort,
            StderrPort = streams.StderrPort,
        };
        await guest.Agent.ExecProcessAsync(request, cancellationToken).ConfigureAwait(false);
        if (process.TerminalSize is var (rows, columns))
        {
            await guest.Agent.ResizeAsync(process.ContainerId.Value, process.AgentId, rows, columns, cancellationToken).ConfigureAwait(false);
        }
    }

    private static void AdoptStreams(GuestProcess process, ProcessStreams streams)
    {
        process.Streams = streams;
        streams.HoldInput();
        if (process.InputClosed)
        {
            streams.CloseInput();
        }
    }

    private void MarkRunning(SandboxGuest guest, GuestProcess process)
    {
        process.MarkRunning();
        _events.Started(process, ProcessId);
        if (!process.IsInit)
        {
            Track(WatchProcessAsync(guest, process));
        }

        if (process.ApplyEarlyExit())
        {
            AnnounceExit(process);
        }
    }

    private void FailStart(GuestProcess process)
    {
        if (process.State == ProcessState.Starting)
        {
            process.MarkStartFailed(new ProcessExit(ProcessExit.SandboxLost, _services.Clock.GetUtcNow()));
            if (process.IsInit)
            {
                AnnounceExit(process);
            }
            else
            {
                process.AnnounceExit();
            }
        }
    }

    /// <summary>Waits for the end of a process in the guest, then for its output, then tells everybody.</summary>
    private async Task WatchProcessAsync(SandboxGuest guest, GuestProcess process)
    {
        int status;
        try
        {
            status = await guest.Agent.WaitProcessAsync(process.ContainerId.Value, process.AgentId, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SkerryException or OperationCanceledException)
        {
            // Container removed or machine gone: whoever did that reports the end.
            return;
        }

        var exit = new ProcessExit(status & 0xFF, _services.Clock.GetUtcNow());
        if (process.Streams is { } streams)
        {
            await streams.DrainAsync(ReaderPatience, _stopping.Token).ConfigureAwait(false);
        }

        await OnDriverAsync(() =>
        {
            if (process.MarkExited(exit))
            {
                AnnounceExit(process);
            }
        }).ConfigureAwait(false);
    }

    /// <summary>The exit event first, then those who wait. The end of the sandbox's own container ends the sandbox.</summary>
    private void AnnounceExit(GuestProcess process)
    {
        _events.Exited(process, process.Exit!, ProcessId);
        process.AnnounceExit();
        if (!process.IsInit)
        {
            return;
        }

        Log.ContainerExited(_log, process.ContainerId.Value, process.Exit!.Status);
        if (IsSandboxItself(process.ContainerId))
        {
            Timeline.Mark("exited");
            EndSandbox(process.Streams);
        }
        else
        {
            FitToTheRest();
        }
    }

    /// <summary>Output that is still in the guest when its process ends would go with the machine: a late reader gets its time.</summary>
    private void EndSandbox(ProcessStreams? streams)
    {
        if (streams is null or { IsDrained: true })
        {
            BeginTeardown(ProcessExit.Killed);
        }
        else
        {
            Track(EndSandboxWhenReadAsync(streams));
        }
    }

    private async Task EndSandboxWhenReadAsync(ProcessStreams streams)
    {
        if (!await streams.DrainAsync(UnreadLimit, _stopping.Token).ConfigureAwait(false))
        {
            Log.OutputNotRead(_log, Paths.Id.Value, UnreadLimit.TotalSeconds);
        }

        _ = await OnDriverAsync(() => BeginTeardown(ProcessExit.Killed)).ConfigureAwait(false);
    }

    private async Task EnsureKilledAsync(GuestProcess process)
    {
        await Task.WhenAny(process.Exited, Task.Delay(KillLimit, _services.Clock, _stopping.Token)).ConfigureAwait(false);
        if (!process.Exited.IsCompleted && !_stopping.IsCancellationRequested)
        {
            await ForceAsync(process, KillLimit).ConfigureAwait(false);
        }
    }

    private async Task ForceAsync(GuestProcess process, TimeSpan waited)
    {
        Log.KillForced(_log, process.ContainerId.Value, waited.TotalSeconds);
        _ = await OnDriverAsync(() => BeginTeardown(ProcessExit.Killed)).ConfigureAwait(false);
    }
}
