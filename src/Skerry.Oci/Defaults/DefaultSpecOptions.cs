namespace Skerry.Oci;

/// <summary>What a person may ask for beyond the defaults; the options of <c>skerry run</c> in the spec's terms.</summary>
public sealed record DefaultSpecOptions
{
    /// <summary>The container's id; names its cgroup.</summary>
    public required string Id { get; init; }

    /// <summary>The root file system's directory; relative to the bundle unless absolute.</summary>
    public string RootPath { get; init; } = "rootfs";

    /// <summary>The program and its arguments, as <see cref="ImageProcess"/> merges them.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>The whole environment as <c>KEY=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The working directory.</summary>
    public string Cwd { get; init; } = "/";

    /// <summary>Who the process runs as.</summary>
    public OciUser User { get; init; } = new();

    /// <summary>The host name; null takes the first twelve characters of the id.</summary>
    public string? Hostname { get; init; }

    /// <summary>True when the container must not write to its root file system.</summary>
    public bool ReadOnlyRoot { get; init; }

    /// <summary>Capabilities to add to the default set, or <c>ALL</c>.</summary>
    public IReadOnlyList<string> AddedCapabilities { get; init; } = [];

    /// <summary>Capabilities to take from the default set, or <c>ALL</c>.</summary>
    public IReadOnlyList<string> DroppedCapabilities { get; init; } = [];

    /// <summary>Resource limits; each replaces the default of its type. See <see cref="Ulimit"/> for the text form.</summary>
    public IReadOnlyList<OciRlimit> Rlimits { get; init; } = [];

    /// <summary>The memory limit in bytes, or null for none.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>How many processors' time the container may use, or null for no limit.</summary>
    public double? Cpus { get; init; }

    /// <summary>The most tasks, or null for no limit.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>Mounts after the default ones; one with the same destination replaces a default. See <see cref="MountArgument"/>.</summary>
    public IReadOnlyList<OciMount> Mounts { get; init; } = [];

    /// <summary>True when exec must not gain privileges, containerd's default.</summary>
    public bool NoNewPrivileges { get; init; } = true;

    /// <summary>True for a pseudo-terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>The terminal's first size, or null.</summary>
    public OciConsoleSize? ConsoleSize { get; init; }

    /// <summary>The network namespace to join; null makes a new one.</summary>
    public string? NetworkNamespacePath { get; init; }

    /// <summary>Annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
