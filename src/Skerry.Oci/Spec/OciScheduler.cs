namespace Skerry.Oci;

/// <summary>The arguments of sched_setattr(2).</summary>
public sealed record OciScheduler
{
    /// <summary><c>SCHED_OTHER</c>, <c>SCHED_FIFO</c>, <c>SCHED_RR</c>, <c>SCHED_BATCH</c>, <c>SCHED_ISO</c>, <c>SCHED_IDLE</c> or <c>SCHED_DEADLINE</c>.</summary>
    public string Policy { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The nice value for SCHED_OTHER and SCHED_BATCH.</summary>
    public int Nice { get; init; }

    /// <summary>The static priority for SCHED_FIFO and SCHED_RR.</summary>
    public int Priority { get; init; }

    /// <summary>Names such as <c>SCHED_FLAG_RESET_ON_FORK</c>.</summary>
    public IReadOnlyList<string> Flags { get; init => field = value ?? []; } = [];

    /// <summary>Nanoseconds of run time per period, for SCHED_DEADLINE.</summary>
    public ulong Runtime { get; init; }

    /// <summary>Nanoseconds to the deadline, for SCHED_DEADLINE.</summary>
    public ulong Deadline { get; init; }

    /// <summary>Nanoseconds of a period, for SCHED_DEADLINE.</summary>
    public ulong Period { get; init; }
}
