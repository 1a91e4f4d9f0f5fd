using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>The configuration of an image. Image-spec 1.1, config.md.</summary>
public sealed record OciImageConfig
{
    /// <summary>When it was made, RFC 3339.</summary>
    public string? Created { get; init; }

    /// <summary>Who made it.</summary>
    public string? Author { get; init; }

    /// <summary>The processor in Go's words, as <c>amd64</c>.</summary>
    public string Architecture { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The operating system in Go's words, as <c>linux</c>.</summary>
    [JsonPropertyName("os")]
    public string OS { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The variant of the processor, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>How to run it when nothing else is asked for.</summary>
    public OciImageDefaults? Config { get; init; }

    /// <summary>The layers by the digest of their uncompressed content.</summary>
    public OciImageRootfs? Rootfs { get; init; }

    /// <summary>How each layer came to be.</summary>
    public IReadOnlyList<OciImageHistory> History { get; init => field = value ?? []; } = [];
}
