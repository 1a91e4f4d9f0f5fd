using System.Text.Json.Serialization;

namespace Skerry.Cli.Containers;

/// <summary>What is on disk about a container of the command line: <c>DATA/containers/NAME/container.json</c>.</summary>
/// <remarks>Written once when the container is made. What is true now (running, exit code) is asked of its shim.</remarks>
internal sealed record ContainerRecord
{
    /// <summary>The layout of this file; a reader refuses a newer one.</summary>
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Name of the container, which is also its id and its sandbox's.</summary>
    public required string Name { get; init; }

    /// <summary>The image as the user named it.</summary>
    public required string Image { get; init; }

    /// <summary>The command and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the process has a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>Whether output goes to <see cref="LogPath"/> because nobody is attached.</summary>
    public bool Detached { get; init; }

    /// <summary>Where the shim's task service answers, as <c>unix://PATH</c>; empty until it has started.</summary>
    public string ShimAddress { get; init; } = string.Empty;

    /// <summary>The directories of the root file system, highest first.</summary>
    public IReadOnlyList<string> RootDirectories { get; init; } = [];

    /// <summary>The file with the output of a detached container.</summary>
    public string? LogPath { get; init; }
}

/// <summary>Serialisation of the command line's own files and of its <c>--json</c> output.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerRecord))]
[JsonSerializable(typeof(ContainerSummary))]
[JsonSerializable(typeof(IReadOnlyList<ContainerSummary>))]
[JsonSerializable(typeof(Dictionary<string, double>))]
internal sealed partial class ContainerJson : JsonSerializerContext;
