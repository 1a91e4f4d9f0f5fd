using Skerry.Core;

namespace Skerry.Sandbox;

/// <content>The sandbox itself, for a manager that describes pods and needs no first container: the Sandbox API.</content>
public sealed partial class SandboxDriver
{
    private bool _standsAlone;
    private Task _launched = Task.CompletedTask;

    /// <summary>Takes note of the sandbox to be launched by <see cref="LaunchAsync"/>.</summary>
    /// <exception cref="SkerryException">AlreadyExists when the sandbox was prepared before, or has a container of its own.</exception>
    public Task PrepareAsync(LaunchConfig config) => OnDriverAsync(() =>
    {
        if (_state != SandboxState.Empty || _containers.Count > 0)
        {
            throw new SkerryException(FailureKind.AlreadyExists, $"sandbox \"{Paths.Id}\" exists already");
        }

        _config = config;
        _standsAlone = true;
        SetState(SandboxState.Prepared);
    });

    /// <summary>
    /// Boots the machine of a prepared sandbox, without any container. A second call waits for the first one's machine; a caller that
    /// gives up does not end the launch.
    /// </summary>
    /// <exception cref="SkerryException">FailedPrecondition when it was not prepared, or has ended; else why the launch failed, with nothing left of it.</exception>
    public async Task<SandboxStatus> LaunchAsync(CancellationToken cancellationToken)
    {
        SandboxLaunch launch = await OnDriverAsync(RequirePreparedLaunch).ConfigureAwait(false);
        try
        {
            await launch.Guest.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (launch.Guest.IsCompleted)
        {
            await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            throw await OnDriverAsync(() => Explain(error)).ConfigureAwait(false);
        }

        await _launched.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await DescribeAsync().ConfigureAwait(false);
    }

    /// <summary>What is known about the sandbox now.</summary>
    public Task<SandboxStatus> DescribeAsync() => OnDriverAsync(() => new SandboxStatus
    {
        State = _state,
        IsPrepared = _standsAlone,
        ProcessId = ProcessId,
        CreatedAt = _record.CreatedAt,
        Exit = _ended.Task.IsCompletedSuccessfully ? _ended.Task.Result : null,
        LostReason = _lostReason,
        Size = _record.Size,
        Accelerator = _launch is { Guest.IsCompletedSuccessfully: true } launch ? launch.Guest.Result.Machine.Accelerator.Accelerator.ToString() : null,
        Containers = [.. _containers.Keys],
    });

    /// <summary>What the sandbox uses of the host now.</summary>
    /// <exception cref="SkerryException">Unavailable when its machine does not run.</exception>
    public async Task<SandboxUsage> MeasureAsync()
    {
        IReadOnlyList<ProcessRecord> processes = await OnDriverAsync(() =>
        {
            RequireGuest();
            return _record.Processes;
        }).ConfigureAwait(false);
        return SandboxUsage.Of(processes);
    }

    private SandboxLaunch RequirePreparedLaunch() => _state switch
    {
        SandboxState.Prepared => BeginLaunch(_config!),
        SandboxState.Launching or SandboxState.Ready when _standsAlone => _launch!,
        SandboxState.Stopping or SandboxState.Stopped => throw new SkerryException(
            FailureKind.FailedPrecondition, $"sandbox \"{Paths.Id}\" has ended and cannot be started again{(_lostReason is null ? string.Empty : $": {_lostReason}")}"),
        _ => throw new SkerryException(FailureKind.FailedPrecondition, $"sandbox \"{Paths.Id}\" was not created"),
    };

    /// <summary>Without a container whose creation fails, the sandbox itself must end.</summary>
    private void FailLaunch(Task<SandboxGuest> guest)
    {
        if (_standsAlone)
        {
            Lose(guest.Exception is { } error ? ErrorReport.OneLine(error.GetBaseException()) : "its launch was cancelled");
        }
    }

    /// <summary>True for a container whose end is the sandbox's: a lone one, or a pod's pause container.</summary>
    private bool IsSandboxItself(ContainerId id) => !_standsAlone && id.Value == Paths.Id.Value;
}
