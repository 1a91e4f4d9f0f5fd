namespace Skerry.Hypervisor;

/// <summary>How a machine ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="ExitCode">The VMM's exit code; null when a signal ended it.</param>
/// <param name="Signal">The signal that ended the VMM; null when it exited.</param>
/// <param name="ConsoleTail">The end of the guest's console, guest-controlled.</param>
/// <param name="VmmMessage">What the VMM wrote to its standard error, bounded; empty as a rule.</param>
public sealed record MachineExit(MachineExitReason Reason, int? ExitCode, int? Signal, string ConsoleTail, string VmmMessage);
