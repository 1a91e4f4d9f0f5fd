namespace Skerry.Cli.Containers;

/// <summary>What <c>skerry run</c> was asked for.</summary>
internal sealed record RunOptions
{
    public required string Image { get; init; }

    public required IReadOnlyList<string> Command { get; init; }

    public string? Name { get; init; }

    public bool RemoveWhenEnded { get; init; }

    public bool Interactive { get; init; }

    public bool Terminal { get; init; }

    public bool Detached { get; init; }

    public IReadOnlyList<string> Environment { get; init; } = [];

    public IReadOnlyList<string> EnvironmentFiles { get; init; } = [];

    public IReadOnlyList<string> Volumes { get; init; } = [];

    public IReadOnlyList<string> TemporaryFileSystems { get; init; } = [];

    public string? WorkDirectory { get; init; }

    public string? User { get; init; }

    public string? Hostname { get; init; }

    public string? Entrypoint { get; init; }

    public bool ReadOnly { get; init; }

    public IReadOnlyList<string> AddedCapabilities { get; init; } = [];

    public IReadOnlyList<string> DroppedCapabilities { get; init; } = [];

    public IReadOnlyList<string> Ulimits { get; init; } = [];

    public string? Memory { get; init; }

    public double? Cpus { get; init; }

    public NetworkArgument Network { get; init; } = NetworkArgument.Parse(null, [], []);

    public string? ConfigurationFile { get; init; }

    /// <summary>Whether to print the steps of the start and the end with their times.</summary>
    public bool Timeline { get; init; }
}
