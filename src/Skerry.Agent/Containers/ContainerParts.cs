using Skerry.Agent.Processes;
using Skerry.Linux.Cgroups;
using Skerry.Protocols.Agent.Oci;

namespace Skerry.Agent.Containers;

/// <summary>What the creation of a container leaves to it.</summary>
internal sealed record ContainerParts
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name its pod knows it by; empty when there is none.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Its cgroup.</summary>
    public required CgroupV2 Cgroup { get; init; }

    /// <summary>Its init, which waits at the gate.</summary>
    public required GuestProcess Init { get; init; }

    /// <summary>What holds the init back.</summary>
    public required StartGate Gate { get; init; }

    /// <summary>What starts further processes.</summary>
    public required ProcessLauncher Launcher { get; init; }

    /// <summary>Its system call policy, for further processes; null for none.</summary>
    public LinuxSeccomp? Seccomp { get; init; }

    /// <summary>True when the end of its init does not end its other processes by itself, since they share a pid namespace.</summary>
    public bool KillsWithInit { get; init; }

    /// <summary>Its hooks.</summary>
    public required ContainerHooks Hooks { get; init; }

    /// <summary>Runs some of its hooks, given the container's status in the words of the runtime spec; failures are logged.</summary>
    public required Func<IReadOnlyList<GuestHook>, string, Task> RunHooksAsync { get; init; }

    /// <summary>Programs of the container that run before its init does.</summary>
    public IReadOnlyList<Hook> StartHooks { get; init; } = [];

    /// <summary>The annotations of its spec, which hooks read.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The mount points of its storages.</summary>
    public required IReadOnlyList<string> MountPoints { get; init; }
}
