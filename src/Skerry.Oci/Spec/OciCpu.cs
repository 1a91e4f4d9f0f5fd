namespace Skerry.Oci;

/// <summary>Processor limits.</summary>
public sealed record OciCpu
{
    /// <summary>The weight against siblings, 1024 being the ordinary one.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds per period; negative is no limit.</summary>
    public long? Quota { get; init; }

    /// <summary>Microseconds above the quota that may be saved up.</summary>
    public ulong? Burst { get; init; }

    /// <summary>Microseconds of a period.</summary>
    public ulong? Period { get; init; }

    /// <summary>Microseconds of real-time scheduling per period.</summary>
    public long? RealtimeRuntime { get; init; }

    /// <summary>Microseconds of a real-time period.</summary>
    public ulong? RealtimePeriod { get; init; }

    /// <summary>The processors that may be used, as <c>0-3,6</c>.</summary>
    public string? Cpus { get; init; }

    /// <summary>The memory nodes that may be used.</summary>
    public string? Mems { get; init; }

    /// <summary>1 to make the whole cgroup idle.</summary>
    public long? Idle { get; init; }
}
