using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>What an image runs on.</summary>
public sealed record OciPlatform
{
    /// <summary>The processor in Go's words, as <c>amd64</c>.</summary>
    public string Architecture { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The operating system in Go's words, as <c>linux</c>.</summary>
    [JsonPropertyName("os")]
    public string OS { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The version of the operating system, or null.</summary>
    [JsonPropertyName("os.version")]
    public string? OSVersion { get; init; }

    /// <summary>What the operating system must have.</summary>
    [JsonPropertyName("os.features")]
    public IReadOnlyList<string> OSFeatures { get; init => field = value ?? []; } = [];

    /// <summary>The variant of the processor, or null.</summary>
    public string? Variant { get; init; }
}
