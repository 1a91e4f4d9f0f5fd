using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>What is known about a sandbox at one moment.</summary>
public sealed record SandboxStatus
{
    /// <summary>Where it is in its life.</summary>
    public required SandboxState State { get; init; }

    /// <summary>It was described by itself, not by its first container.</summary>
    public required bool IsPrepared { get; init; }

    /// <summary>The VMM; 0 before there is one.</summary>
    public required int ProcessId { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How and when it ended; null while anything of it is on the host.</summary>
    public ProcessExit? Exit { get; init; }

    /// <summary>Why it ended without being asked to; null for any other end.</summary>
    public string? LostReason { get; init; }

    /// <summary>How the size of its machine came about.</summary>
    public IReadOnlyList<SizeTerm> Size { get; init; } = [];

    /// <summary>What runs the guest's instructions; null before the machine runs.</summary>
    public string? Accelerator { get; init; }

    /// <summary>The containers in it.</summary>
    public IReadOnlyList<ContainerId> Containers { get; init; } = [];
}
