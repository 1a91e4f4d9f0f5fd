namespace Skerry.Hypervisor;

/// <summary>Why a machine ended, as far as the host can know.</summary>
public enum MachineExitReason
{
    /// <summary>We ended it.</summary>
    Stopped = 0,

    /// <summary>The guest powered off.</summary>
    GuestShutdown,

    /// <summary>The guest reset itself, which ends the machine.</summary>
    GuestReset,

    /// <summary>The guest kernel panicked (its console said so).</summary>
    GuestPanic,

    /// <summary>The VMM ended by itself or was killed by somebody else.</summary>
    VmmDied,
}
