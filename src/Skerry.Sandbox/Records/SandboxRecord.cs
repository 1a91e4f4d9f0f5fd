namespace Skerry.Sandbox;

/// <summary>What a sandbox holds of the host, on disk: enough to take it all back after a crash of anything.</summary>
public sealed record SandboxRecord
{
    /// <summary>The version this build writes; a record with a higher one is refused.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the record's form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The sandbox.</summary>
    public required string Id { get; init; }

    /// <summary>The manager's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>When the sandbox was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The state of the sandbox when it was written, for people.</summary>
    public required string State { get; init; }

    /// <summary>Host processes: shim, VMM, file daemon.</summary>
    public IReadOnlyList<ProcessRecord> Processes { get; init; } = [];

    /// <summary>Cgroup directories we made.</summary>
    public IReadOnlyList<string> Cgroups { get; init; } = [];

    /// <summary>Sockets outside the state directory.</summary>
    public IReadOnlyList<string> Sockets { get; init; } = [];

    /// <summary>What was taken from the pod's network namespace; null for nothing.</summary>
    public NetworkRecord? Network { get; init; }

    /// <summary>How the size of the machine came about, line by line.</summary>
    public IReadOnlyList<SizeTerm> Size { get; init; } = [];

    /// <summary>Containers.</summary>
    public IReadOnlyList<ContainerRecord> Containers { get; init; } = [];
}
