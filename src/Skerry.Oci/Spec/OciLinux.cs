using System.Collections.ObjectModel;

namespace Skerry.Oci;

/// <summary>The Linux part of a spec. Runtime-spec 1.1, config-linux.md.</summary>
public sealed record OciLinux
{
    /// <summary>User ids of a new user namespace.</summary>
    public IReadOnlyList<OciIdMapping> UidMappings { get; init => field = value ?? []; } = [];

    /// <summary>Group ids of a new user namespace.</summary>
    public IReadOnlyList<OciIdMapping> GidMappings { get; init => field = value ?? []; } = [];

    /// <summary>Kernel parameters of the container's namespaces.</summary>
    public IReadOnlyDictionary<string, string> Sysctl { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } =
        ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Cgroup limits, or null.</summary>
    public OciResources? Resources { get; init; }

    /// <summary>The cgroup: a path, or <c>slice:prefix:name</c> for systemd.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>New or joined namespaces; a type not listed is the runtime's own.</summary>
    public IReadOnlyList<OciNamespace> Namespaces { get; init => field = value ?? []; } = [];

    /// <summary>Device nodes to make beside the standard ones.</summary>
    public IReadOnlyList<OciDevice> Devices { get; init => field = value ?? []; } = [];

    /// <summary>The system call filter, or null.</summary>
    public OciSeccomp? Seccomp { get; init; }

    /// <summary>Propagation of the root mount: <c>private</c>, <c>slave</c>, <c>shared</c>, <c>unbindable</c> or an <c>r</c> form.</summary>
    public string? RootfsPropagation { get; init; }

    /// <summary>Paths hidden from the container.</summary>
    public IReadOnlyList<string> MaskedPaths { get; init => field = value ?? []; } = [];

    /// <summary>Paths the container only reads.</summary>
    public IReadOnlyList<string> ReadonlyPaths { get; init => field = value ?? []; } = [];

    /// <summary>The SELinux label of mounts, or null.</summary>
    public string? MountLabel { get; init; }

    /// <summary>Cache and memory bandwidth allocation, or null.</summary>
    public OciIntelRdt? IntelRdt { get; init; }

    /// <summary>The execution domain, or null.</summary>
    public OciPersonality? Personality { get; init; }

    /// <summary>Clock offsets of a new time namespace, by clock.</summary>
    public IReadOnlyDictionary<string, OciTimeOffset> TimeOffsets { get; init => field = value ?? ReadOnlyDictionary<string, OciTimeOffset>.Empty; } =
        ReadOnlyDictionary<string, OciTimeOffset>.Empty;
}
