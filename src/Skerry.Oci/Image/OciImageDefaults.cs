using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>How to run an image when nothing else is asked for.</summary>
public sealed record OciImageDefaults
{
    /// <summary><c>user</c>, <c>uid</c>, <c>user:group</c> or <c>uid:gid</c>.</summary>
    [JsonPropertyName("User")]
    public string? User { get; init; }

    /// <summary>Ports it serves, as <c>80/tcp</c>.</summary>
    [JsonPropertyName("ExposedPorts")]
    public IReadOnlyDictionary<string, OciEmpty> ExposedPorts { get; init => field = value ?? ReadOnlyDictionary<string, OciEmpty>.Empty; } =
        ReadOnlyDictionary<string, OciEmpty>.Empty;

    /// <summary>The environment as <c>KEY=value</c>.</summary>
    [JsonPropertyName("Env")]
    public IReadOnlyList<string> Env { get; init => field = value ?? []; } = [];

    /// <summary>The program and its first arguments.</summary>
    [JsonPropertyName("Entrypoint")]
    public IReadOnlyList<string> Entrypoint { get; init => field = value ?? []; } = [];

    /// <summary>Arguments for the entry point, or the program when there is none.</summary>
    [JsonPropertyName("Cmd")]
    public IReadOnlyList<string> Cmd { get; init => field = value ?? []; } = [];

    /// <summary>Directories for data that should not live in the root file system.</summary>
    [JsonPropertyName("Volumes")]
    public IReadOnlyDictionary<string, OciEmpty> Volumes { get; init => field = value ?? ReadOnlyDictionary<string, OciEmpty>.Empty; } =
        ReadOnlyDictionary<string, OciEmpty>.Empty;

    /// <summary>The working directory.</summary>
    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    /// <summary>Free-form notes.</summary>
    [JsonPropertyName("Labels")]
    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } =
        ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The signal that ends it politely, as <c>SIGTERM</c>.</summary>
    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }
}
