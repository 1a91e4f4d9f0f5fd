namespace Skerry.Config;

/// <summary>The table <c>[runtime]</c>: what the shim does on the host. Immutable.</summary>
public sealed record RuntimeConfig
{
    /// <summary>Sets the shim's log level to debug.</summary>
    public bool EnableDebug { get; init; }

    /// <summary>The shim's log level: <c>trace</c>, <c>debug</c>, <c>info</c>, <c>warn</c>, <c>error</c> or <c>critical</c>.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary>How the pod's network reaches the guest: <c>tcfilter</c>, <c>macvtap</c> or <c>none</c>.</summary>
    public string InternetworkingModel { get; init; } = "tcfilter";

    /// <summary>Leaves the VMM in the shim's network namespace; the guest gets no network then.</summary>
    public bool DisableNewNetns { get; init; }

    /// <summary>Leaves out the seccomp profile of the OCI spec in the guest.</summary>
    public bool DisableGuestSeccomp { get; init; }

    /// <summary>Puts every host process of the sandbox into the pod's cgroup; otherwise those that are not the guest's own work are in an overhead cgroup.</summary>
    public bool SandboxCgroupOnly { get; init; } = true;

    /// <summary>Sizes the guest once at boot instead of plugging processors and memory later.</summary>
    public bool StaticSandboxResourceMgmt { get; init; } = true;

    /// <summary>Ties each virtual processor to one of the containers' cpusets while they have as many.</summary>
    public bool EnableVcpusPinning { get; init; }
}
