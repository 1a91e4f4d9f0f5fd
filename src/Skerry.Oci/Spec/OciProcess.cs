namespace Skerry.Oci;

/// <summary>The process of a container, or an additional one (exec). Runtime-spec 1.1, config.md "Process".</summary>
public sealed record OciProcess
{
    /// <summary>True when the process gets a pseudo-terminal as its standard streams.</summary>
    public bool Terminal { get; init; }

    /// <summary>The terminal's first size, or null.</summary>
    public OciConsoleSize? ConsoleSize { get; init; }

    /// <summary>Who the process runs as.</summary>
    public OciUser User { get; init => field = value ?? new OciUser(); } = new();

    /// <summary>The program and its arguments; at least one.</summary>
    public IReadOnlyList<string> Args { get; init => field = value ?? []; } = [];

    /// <summary>The environment as <c>KEY=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init => field = value ?? []; } = [];

    /// <summary>The working directory: absolute, seen from inside the container.</summary>
    public string Cwd { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The five capability sets; null keeps none.</summary>
    public OciCapabilities? Capabilities { get; init; }

    /// <summary>Resource limits, one per type.</summary>
    public IReadOnlyList<OciRlimit> Rlimits { get; init => field = value ?? []; } = [];

    /// <summary>True when exec must not gain privileges (setuid, file capabilities).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>The AppArmor profile, or null.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>The value for /proc/self/oom_score_adj, -1000 to 1000, or null to keep it.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>The scheduling policy, or null to keep it.</summary>
    public OciScheduler? Scheduler { get; init; }

    /// <summary>The SELinux label, or null.</summary>
    public string? SelinuxLabel { get; init; }

    /// <summary>The I/O priority, or null to keep it.</summary>
    public OciIoPriority? IoPriority { get; init; }
}
