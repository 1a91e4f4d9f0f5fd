namespace Skerry.Cli.Containers;

/// <summary>One container as <c>ps</c> and <c>inspect</c> show it: its record and what its shim says.</summary>
internal sealed record ContainerSummary
{
    public required string Name { get; init; }

    public required string Image { get; init; }

    public required IReadOnlyList<string> Command { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>created, running, paused, stopped, or lost when its shim is gone.</summary>
    public required string Status { get; init; }

    /// <summary>The exit code of a stopped container.</summary>
    public int? ExitCode { get; init; }

    public DateTimeOffset? ExitedAt { get; init; }

    /// <summary>The process id that stands for the container on the host: its VMM's.</summary>
    public int? Pid { get; init; }

    public int? ShimPid { get; init; }

    public string? LogPath { get; init; }

    public string? Bundle { get; init; }

    /// <summary>The sandbox behind it, for <c>inspect</c>.</summary>
    public SandboxSummary? Sandbox { get; init; }
}
