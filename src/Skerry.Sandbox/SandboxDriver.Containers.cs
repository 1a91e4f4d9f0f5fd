using Skerry.Core;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <content>Whole containers: pause, resume, limits, statistics, deletion.</content>
public sealed partial class SandboxDriver
{
    /// <summary>Freezes a container.</summary>
    public async Task PauseAsync(ContainerId id, CancellationToken cancellationToken)
    {
        (Container container, SandboxGuest guest) = await OnDriverAsync(() =>
        {
            Container found = FindContainer(id);
            found.Init.Expect(ProcessState.Running, "pause");
            SandboxGuest running = RequireGuest();
            found.Init.BeginPause();
            return (found, running);
        }).ConfigureAwait(false);
        try
        {
            await guest.Agent.PauseAsync(id.Value, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await OnDriverAsync(() => FinishPause(container, paused: false)).ConfigureAwait(false);
            throw;
        }

        await OnDriverAsync(() => FinishPause(container, paused: true)).ConfigureAwait(false);
    }

    /// <summary>Lets a frozen container go on.</summary>
    public async Task ResumeAsync(ContainerId id, CancellationToken cancellationToken)
    {
        (Container container, SandboxGuest guest) = await OnDriverAsync(() =>
        {
            Container found = FindContainer(id);
            found.Init.Expect(ProcessState.Paused, "resume");
            return (found, RequireGuest());
        }).ConfigureAwait(false);
        await guest.Agent.ResumeAsync(id.Value, cancellationToken).ConfigureAwait(false);
        await OnDriverAsync(() =>
        {
            container.Init.MarkResumed();
            _events.Resumed(container);
        }).ConfigureAwait(false);
    }

    /// <summary>What a container uses, counted by the guest; for one whose machine has ended, what it had used.</summary>
    public async Task<StatsContainerResponse> StatsAsync(ContainerId id, CancellationToken cancellationToken)
    {
        (Container container, SandboxGuest? guest) = await OnDriverAsync(() =>
        {
            Container found = FindContainer(id);
            bool ending = _state is SandboxState.Stopping or SandboxState.Stopped;
            return (found, ending ? null : RequireGuest());
        }).ConfigureAwait(false);
        if (guest is not null)
        {
            return await guest.Agent.StatsAsync(id.Value, cancellationToken).ConfigureAwait(false);
        }

        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        return container.LastStatistics;
    }

    /// <summary>The containers, and how many there are left.</summary>
    public Task<IReadOnlyList<ContainerId>> ListAsync() => OnDriverAsync<IReadOnlyList<ContainerId>>(() => [.. _containers.Keys]);

    /// <summary>
    /// Forgets an exec, or deletes a container and takes back what it held. With the sandbox's own container the machine goes too.
    /// A second call while one is under way, as after a lost answer, has the same result.
    /// </summary>
    /// <exception cref="SkerryException">FailedPrecondition while it runs.</exception>
    public async Task<ProcessExit> DeleteAsync(ContainerId id, string execId, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<ProcessExit> deletion = await OnDriverAsync(() => BeginDelete(id, execId, cancellationToken)).ConfigureAwait(false);
            try
            {
                return await deletion.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Who began it went away, and it stopped: go on ourselves.
            }
        }
    }

    private void FinishPause(Container container, bool paused)
    {
        if (paused)
        {
            container.Init.MarkPaused();
            _events.Paused(container);
        }
        else
        {
            container.Init.CancelPause();
        }

        if (container.Init.ApplyEarlyExit())
        {
            AnnounceExit(container.Init);
        }
    }

    private Task<ProcessExit> BeginDelete(ContainerId id, string execId, CancellationToken cancellationToken)
    {
        Container container = FindContainer(id);
        GuestProcess process = container.Find(execId);
        if (process.Deletion is { } running)
        {
            return running;
        }

        if (process.State is not (ProcessState.Stopped or ProcessState.Created))
        {
            throw process.WrongState("delete");
        }

        process.Deletion = Task.Run(() => RunDeletionAsync(container, process, cancellationToken), CancellationToken.None);
        return process.Deletion;
    }

    private async Task<ProcessExit> RunDeletionAsync(Container container, GuestProcess process, CancellationToken cancellationToken)
    {
        try
        {
            return await (process.IsInit
                ? DeleteContainerAsync(container, cancellationToken)
                : DeleteExecAsync(container, process)).ConfigureAwait(false);
        }
        catch
        {
            await OnDriverAsync(() => process.Deletion = null).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ProcessExit> DeleteExecAsync(Container container, GuestProcess process)
    {
        if (process.Streams is { } streams)
        {
            await streams.DisposeAsync().ConfigureAwait(false);
        }

        await OnDriverAsync(() => container.RemoveExec(process)).ConfigureAwait(false);
        return process.Exit ?? new ProcessExit(0, _services.Clock.GetUtcNow());
    }

    private async Task<ProcessExit> DeleteContainerAsync(Container container, CancellationToken cancellationToken)
    {
        ProcessExit exit = await EndCreatedAsync(container, cancellationToken).ConfigureAwait(false);
        if (IsSandboxItself(container.Id))
        {
            await StopAsync().ConfigureAwait(false);
        }

        await ReleaseAsync(container).ConfigureAwait(false);
        foreach (Exception failure in await ContainerHooks.StoppedAsync(container, cancellationToken).ConfigureAwait(false))
        {
            Log.StepFailed(_log, Paths.Id.Value, "run a hook", ErrorReport.OneLine(failure));
        }

        await OnDriverAsync(() => Forget(container, exit)).ConfigureAwait(false);
        return exit;
    }

    /// <summary>A container that was never started is killed first.</summary>
    private async Task<ProcessExit> EndCreatedAsync(Container container, CancellationToken cancellationToken)
    {
        if (container.Init.State == ProcessState.Created)
        {
            await KillAsync(container.Id, string.Empty, Sigkill, all: true, cancellationToken).ConfigureAwait(false);
        }

        return await container.Init.Exited.WaitAsync(KillLimit + SignalLimit, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReleaseAsync(Container container)
    {
        foreach (GuestProcess exec in container.Processes.Where(process => !process.IsInit))
        {
            if (exec.Streams is { } streams)
            {
                await streams.DisposeAsync().ConfigureAwait(false);
            }
        }

        foreach (Exception failure in await container.Undo.RollBackAsync().ConfigureAwait(false))
        {
            Log.StepFailed(_log, Paths.Id.Value, $"release container {container.Id}", ErrorReport.OneLine(failure));
        }
    }

    private void Forget(Container container, ProcessExit exit)
    {
        container.Init.MarkDeleted();
        _containers.Remove(container.Id);
        _events.Deleted(container.Config, exit, ProcessId);
        SaveRecord(record => record with { Containers = [.. record.Containers.Where(each => each.Id != container.Id.Value)] });
    }
}
