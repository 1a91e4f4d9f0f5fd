using Skerry.Core;

namespace Skerry.Sandbox;

/// <summary>A container as the manager asked for it.</summary>
public sealed record ContainerConfig
{
    /// <summary>Its id; equal to the sandbox's for a lone container and for a pod's first one.</summary>
    public required ContainerId Id { get; init; }

    /// <summary>The directory with its config.json.</summary>
    public required string Bundle { get; init; }

    /// <summary>The mounts of its root file system; empty to use what the spec names.</summary>
    public IReadOnlyList<RootFsMount> RootFs { get; init; } = [];

    /// <summary>Input and output of its first process.</summary>
    public StdioConfig Stdio { get; init; } = StdioConfig.None;

    /// <summary>The configuration file the manager's runtime options name; null for the usual search.</summary>
    public string? ConfigPath { get; init; }
}
