using Skerry.Core;
using Skerry.Hypervisor.Qmp;
using Skerry.Linux;

namespace Skerry.Hypervisor.Qemu;

/// <summary>How a machine's end is told: from the process's exit, QEMU's last event, and the guest's last words.</summary>
internal sealed partial class QemuMachine
{
    private const int KeptConsoleBytes = 4096;

    /// <inheritdoc/>
    public HypervisorException DescribeBootFailure(string waitedFor, TimeSpan waited)
    {
        string console = ConsoleTail(KeptConsoleBytes);
        MachineExit? exit = Exited.IsCompletedSuccessfully ? Exited.Result : null;
        (string meaning, string hint) = GuestLastWords.Interpret(console) ?? Explain(exit);
        bool guestEnded = GuestLastWords.HasPanic(console) || exit is { Reason: MachineExitReason.GuestReset or MachineExitReason.GuestShutdown };
        FailureKind kind = guestEnded ? FailureKind.GuestFailed : exit is null ? FailureKind.TimedOut : FailureKind.Unavailable;
        return new HypervisorException(kind, $"waited {waited.TotalSeconds:0.0} s for {waitedFor}: {meaning}{Quote(console)}", hint);
    }

    private static string Quote(string console) => console.Trim() is { Length: > 0 } words
        ? $"; the guest's console ends with:\n{words}"
        : "; the guest's console is empty";

    private (string Meaning, string Hint) Explain(MachineExit? exit) => exit switch
    {
        null => (
            "the guest does not answer",
            $"let its kernel talk: skerry run with enable_debug = true in [hypervisor.qemu]; raise default_memory (now {_config.MemoryMiB} MiB) or dial_timeout if the host is slow"),
        { Reason: MachineExitReason.GuestReset } => (
            "the guest reset itself without a word", $"raise default_memory (now {_config.MemoryMiB} MiB); let its kernel talk: enable_debug = true in [hypervisor.qemu]"),
        { Reason: MachineExitReason.GuestShutdown } => ("the guest powered off", "see its console"),
        { Reason: MachineExitReason.Stopped } => ("the machine was stopped meanwhile", "start it again"),
        _ => ($"the VMM ended ({DescribeExit(exit)})", QemuLaunchErrors.Interpret(exit.VmmMessage).Hint),
    };

    private static string DescribeExit(MachineExit exit)
    {
        string how = exit.Signal is { } signal ? $"killed by signal {signal}" : $"exit code {exit.ExitCode}";
        return exit.VmmMessage.Length > 0 ? $"{how}: {exit.VmmMessage}" : how;
    }

    /// <summary>The error for a QEMU that ended before its monitor answered.</summary>
    private HypervisorException LaunchFailure(HypervisorException cause)
    {
        if (!Exited.IsCompletedSuccessfully)
        {
            return cause;
        }

        MachineExit exit = Exited.Result;
        (FailureKind kind, string hint) = QemuLaunchErrors.Interpret(exit.VmmMessage);
        return new HypervisorException(kind, $"the VMM \"{_config.VmmPath}\" ended at once ({DescribeExit(exit)})", hint);
    }

    private void OnEvent(QmpEvent happened)
    {
        // The monitor reads before the constructor is through.
        _devices?.OnEvent(happened);
        _resources?.OnEvent(happened);
        if (happened.Name == "SHUTDOWN")
        {
            _shutdownReason = happened.Text("reason");
        }
    }

    private async Task<MachineExit> WatchAsync()
    {
        ExitStatus status = await _process.WaitAsync().ConfigureAwait(false);
        await _monitor.Closed.WaitAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Timeline.MarkExited();
        string console = ConsoleTail(KeptConsoleBytes);
        var exit = new MachineExit(ReasonOf(status, console), status.Code, status.Signal, console, _process.Errors);
        if (!_stopping)
        {
            Log.Ended(_logger, _config.Id.Value, ProcessId, exit.Reason, exit.ExitCode, exit.Signal, exit.VmmMessage);
        }

        return exit;
    }

    private MachineExitReason ReasonOf(ExitStatus status, string console)
    {
        if (_stopping)
        {
            return MachineExitReason.Stopped;
        }

        return (_shutdownReason, status.Code) switch
        {
            ("guest-reset" or "guest-panic", 0) when GuestLastWords.HasPanic(console) => MachineExitReason.GuestPanic,
            ("guest-reset", 0) => MachineExitReason.GuestReset,
            ("guest-shutdown", 0) => MachineExitReason.GuestShutdown,
            _ => MachineExitReason.VmmDied,
        };
    }
}
