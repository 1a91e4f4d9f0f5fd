using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>The layers of an image by the digest of their uncompressed content.</summary>
public sealed record OciImageRootfs
{
    /// <summary>Always <c>layers</c>.</summary>
    public string Type { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Digests, lowest layer first.</summary>
    [JsonPropertyName("diff_ids")]
    public IReadOnlyList<string> DiffIds { get; init => field = value ?? []; } = [];
}
