using Skerry.Core;
using Skerry.Hypervisor;

namespace Skerry.Sandbox;

/// <content>How a sandbox ends: what is watched, and the way down. Every step of it is bounded.</content>
public sealed partial class SandboxDriver
{
    private const int ConsoleTailBytes = 2048;
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MachineFirst = TimeSpan.FromMilliseconds(500);
    private string? _lostReason;

    /// <summary>Stops everything and waits until nothing is left on the host. May be called at any time, and twice.</summary>
    public async Task StopAsync()
    {
        Task teardown = await OnDriverAsync(() => BeginTeardown(ProcessExit.Killed)).ConfigureAwait(false);
        await teardown.ConfigureAwait(false);
    }

    private async Task WatchMachineAsync(SandboxGuest guest)
    {
        MachineExit exit = await guest.Machine.Exited.ConfigureAwait(false);
        if (exit.Reason != MachineExitReason.Stopped)
        {
            await OnDriverAsync(() => Lose(Describe(exit))).ConfigureAwait(false);
        }
    }

    private async Task WatchAgentAsync(SandboxGuest guest)
    {
        await guest.Agent.Closed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await LoseUnlessMachineEndsAsync(guest, "the connection to the guest's agent was lost").ConfigureAwait(false);
    }

    private async Task WatchShareAsync(SandboxGuest guest, IGuestShare share)
    {
        string reason = await share.Lost.ConfigureAwait(false);
        await LoseUnlessMachineEndsAsync(guest, reason).ConfigureAwait(false);
    }

    /// <summary>A machine that ends takes agent and file daemon with it, and tells more about why: let it speak first.</summary>
    private async Task LoseUnlessMachineEndsAsync(SandboxGuest guest, string reason)
    {
        await Task.WhenAny(guest.Machine.Exited, Task.Delay(MachineFirst, _services.Clock, CancellationToken.None)).ConfigureAwait(false);
        if (!guest.Machine.Exited.IsCompleted)
        {
            await OnDriverAsync(() => Lose($"{reason} under sandbox \"{Paths.Id}\"; end of the console:\n{guest.Machine.ConsoleTail(ConsoleTailBytes)}"))
                .ConfigureAwait(false);
        }
    }

    private async Task WatchMemoryAsync(SandboxGuest guest)
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                string container = await guest.Agent.NextOutOfMemoryAsync(_stopping.Token).ConfigureAwait(false);
                await OnDriverAsync(() => ReportOutOfMemory(container)).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SkerryException or OperationCanceledException)
        {
            // The sandbox ends, or this agent does not watch memory.
            Log.MemoryWatchEnded(_log, Paths.Id.Value, error.Message);
        }
    }

    // The name comes from the guest: only a container we know is reported.
    private void ReportOutOfMemory(string container)
    {
        if (ContainerId.TryParse(container, out ContainerId id) && _containers.TryGetValue(id, out Container? known))
        {
            Log.OutOfMemory(_log, container);
            MarkForCriO(known.Config.Bundle);
            _events.OutOfMemory(container);
        }
    }

    // CRI-O takes no events; it looks for this file.
    private void MarkForCriO(string bundle)
    {
        try
        {
            File.WriteAllBytes(Path.Combine(bundle, "oom"), []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.StepFailed(_log, Paths.Id.Value, "leave the mark of lacking memory", error.Message);
        }
    }

    private string Describe(MachineExit exit)
    {
        string how = exit.Reason switch
        {
            MachineExitReason.GuestShutdown => "the guest powered off",
            MachineExitReason.GuestReset => "the guest reset itself",
            MachineExitReason.GuestPanic => "the guest kernel panicked",
            _ when exit.Signal == Sigkill && MemoryEvents.OutOfMemoryKills(_record.Cgroups) > 0 =>
                "the VMM was killed because the host's memory, or the limit of its cgroup, was used up (no container of the guest ran out of memory)",
            _ when exit.Signal is { } signal => $"the VMM was killed by signal {signal}",
            _ => $"the VMM exited with code {exit.ExitCode}",
        };
        string words = exit.VmmMessage.Length == 0 ? string.Empty : $"; the VMM said: {exit.VmmMessage}";
        return $"{how} under sandbox \"{Paths.Id}\"{words}; end of the console:\n{exit.ConsoleTail}";
    }

    private void Lose(string reason)
    {
        if (_state is SandboxState.Launching or SandboxState.Ready)
        {
            _lostReason = reason;
            Log.SandboxLost(_log, Paths.Id.Value, reason);
            BeginTeardown(ProcessExit.SandboxLost);
        }
    }

    /// <summary>Runs on the driver. What still lives is reported with <paramref name="status"/> once the machine is gone.</summary>
    private Task BeginTeardown(int status)
    {
        if (_teardown is null)
        {
            SetState(SandboxState.Stopping);
            _teardown = Task.Run(() => TearDownAsync(status));
        }

        return _teardown;
    }

    private async Task TearDownAsync(int status)
    {
        SandboxLaunch? launch = _launch;
        SandboxGuest? guest = launch is { Guest.IsCompletedSuccessfully: true } ? launch.Guest.Result : null;
        if (guest is not null && !guest.Agent.Closed.IsCompleted)
        {
            await SayGoodbyeAsync(launch!, guest).ConfigureAwait(false);
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        if (launch is not null)
        {
            await ((Task)launch.Guest).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TakeBackAsync(launch).ConfigureAwait(false);
        }

        await OnDriverAsync(() => ReportLost(status)).ConfigureAwait(false);
        Timeline.Mark("ended");
        WriteTimeline(guest);
        await OnDriverAsync(() => SetState(SandboxState.Stopped)).ConfigureAwait(false);
        _ended.TrySetResult(new ProcessExit(_lostReason is null ? 0 : ProcessExit.SandboxLost, _services.Clock.GetUtcNow()));
    }

    private async Task SayGoodbyeAsync(SandboxLaunch launch, SandboxGuest guest)
    {
        try
        {
            await KeepStatisticsAsync(guest).ConfigureAwait(false);
            await guest.Agent.DestroySandboxAsync(GoodbyeLimit, CancellationToken.None).ConfigureAwait(false);
            launch.GuestIsDone = true;
        }
        catch (Exception error) when (error is SkerryException or IOException)
        {
            Log.StepFailed(_log, Paths.Id.Value, "end the sandbox in the guest", ErrorReport.OneLine(error));
        }

        Timeline.Mark("guest-ended");
    }

    /// <summary>A manager may ask for the numbers of a container until it deletes it.</summary>
    private async Task KeepStatisticsAsync(SandboxGuest guest)
    {
        Container[] containers = await OnDriverAsync(() => _containers.Values.Where(each => each.Init.State != ProcessState.Creating).ToArray()).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(GoodbyeLimit);
        try
        {
            foreach (Container container in containers)
            {
                container.LastStatistics = await guest.Agent.StatsAsync(container.Id.Value, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SkerryException or IOException or OperationCanceledException)
        {
            Log.StepFailed(_log, Paths.Id.Value, "keep the last numbers of its containers", ErrorReport.OneLine(error));
        }
    }

    private async Task TakeBackAsync(SandboxLaunch launch)
    {
        foreach (Exception failure in await launch.Undo.RollBackAsync().ConfigureAwait(false))
        {
            Log.StepFailed(_log, Paths.Id.Value, "take everything back", ErrorReport.OneLine(failure));
        }
    }

    private void ReportLost(int status)
    {
        var exit = new ProcessExit(status, _services.Clock.GetUtcNow());
        foreach (GuestProcess process in _containers.Values.SelectMany(container => container.Processes))
        {
            bool existed = process.State != ProcessState.Creating && (process.IsInit || process.State != ProcessState.Created);
            if (process.MarkExited(exit, force: true))
            {
                if (existed)
                {
                    _events.Exited(process, exit, ProcessId);
                }

                process.AnnounceExit();
            }
        }
    }

    private void WriteTimeline(SandboxGuest? guest)
    {
        if (_config is not { } config || !config.Spec.Annotations.ContainsKey(SandboxTimeline.Annotation))
        {
            return;
        }

        if (guest?.Machine.Timeline is { } machine)
        {
            Timeline.Mark("vmm-spawned", machine.StartTimestamp, machine.Spawned);
            Timeline.Mark("vmm-running", machine.StartTimestamp, machine.Running);
            Timeline.Mark("vmm-exited", machine.StartTimestamp, machine.Exited);
        }

        try
        {
            File.WriteAllBytes(Path.Combine(config.Bundle, SandboxTimeline.FileName), Timeline.ToJson());
        }
        catch (IOException error)
        {
            Log.StepFailed(_log, Paths.Id.Value, "write its timeline", error.Message);
        }
    }
}
