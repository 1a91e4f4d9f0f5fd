using System.Collections.ObjectModel;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// What a sandbox's machine is launched from: a pod as the Sandbox API describes it, or the bundle of the first container, which
/// says the same in the pause container's spec.
/// </summary>
public sealed record LaunchConfig
{
    /// <summary>Annotations, limits, cgroup, network namespace, host name, mounts that are the whole sandbox's.</summary>
    public required OciSpec Spec { get; init; }

    /// <summary>The directory the manager made for it.</summary>
    public required string Bundle { get; init; }

    /// <summary>The configuration file the manager's runtime options name; null for the usual search.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>
    /// Files that every container gets which mounts nothing there, by their path in it. For a pod without a pause container, whose
    /// manager leaves to the sandbox what it otherwise mounts from that container's directory.
    /// </summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The container whose bundle it is; null for a pod that is described by itself.</summary>
    internal Container? First { get; init; }

    /// <summary>Every container's /dev/shm is the sandbox's.</summary>
    public bool SharedMemory { get; init; }
}
