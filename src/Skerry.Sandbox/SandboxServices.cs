using Microsoft.Extensions.Logging;
using Skerry.Hypervisor;
using Skerry.Vsock;

namespace Skerry.Sandbox;

/// <summary>What a sandbox works with; wired by the program, or by a test with fakes.</summary>
public sealed record SandboxServices
{
    /// <summary>The virtual machine monitor.</summary>
    public required IHypervisor Hypervisor { get; init; }

    /// <summary>Makes the configuration of a sandbox from a file's path (null: search) and the spec's annotations.</summary>
    public required Func<string?, IReadOnlyDictionary<string, string>, SandboxConfiguration> LoadConfiguration { get; init; }

    /// <summary>Makes the share, with its daemon listening.</summary>
    public required Func<ShareRequest, IGuestShare> OpenShare { get; init; }

    /// <summary>Where the paths of volumes lead; our own mounts unless set.</summary>
    public HostMounts Host { get; init; } = new(managersNamespace: null);

    /// <summary>Makes the sandbox's cgroups on the host; null when the host has none to give.</summary>
    public required Func<CgroupRequest, ISandboxCgroup?> OpenCgroup { get; init; }

    /// <summary>Opens the way into the guest of a machine: the packet engine on its serial port.</summary>
    public required Func<IVirtualMachine, IGuestChannel> OpenChannel { get; init; }

    /// <summary>Where events go.</summary>
    public required IEventSink Events { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Opens a block device of the host; null for <see cref="HostDisk.Open(RequestedDisk, string, string)"/>.</summary>
    internal Func<RequestedDisk, HostDisk>? OpenDisk { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
