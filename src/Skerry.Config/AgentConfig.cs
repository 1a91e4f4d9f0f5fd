namespace Skerry.Config;

/// <summary>The table <c>[agent.kata]</c>: how the guest's agent runs and how long we wait for it. Immutable.</summary>
public sealed record AgentConfig
{
    /// <summary>Sets the agent's log level to debug.</summary>
    public bool EnableDebug { get; init; }

    /// <summary>The agent's log level: <c>trace</c>, <c>debug</c>, <c>info</c>, <c>warn</c>, <c>error</c> or <c>critical</c>.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary>Kernel modules the agent loads before the first container: a name, then its parameters.</summary>
    public IReadOnlyList<string> KernelModules { get; init; } = [];

    /// <summary>Offers a shell in the guest on vsock port 1026.</summary>
    public bool DebugConsoleEnabled { get; init; }

    /// <summary>How long the agent may take to answer after the VMM was started.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the agent may take to create a container.</summary>
    public TimeSpan CreateContainerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The size of the pipes of a container process, in bytes; 0 keeps the kernel's default.</summary>
    public uint ContainerPipeSizeBytes { get; init; }
}
