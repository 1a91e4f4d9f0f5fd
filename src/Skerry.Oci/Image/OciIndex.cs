using System.Collections.ObjectModel;

namespace Skerry.Oci;

/// <summary>A list of manifests, by platform or by tag; Docker's manifest list has the same shape. Image-spec 1.1, image-index.md.</summary>
public sealed record OciIndex
{
    /// <summary>Always 2.</summary>
    public int SchemaVersion { get; init; }

    /// <summary>What this document is; older writers leave it out.</summary>
    public string? MediaType { get; init; }

    /// <summary>What kind of artifact this is, or null for an image.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The manifests, or further indexes.</summary>
    public IReadOnlyList<OciDescriptor> Manifests { get; init => field = value ?? []; } = [];

    /// <summary>Free-form notes.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } =
        ReadOnlyDictionary<string, string>.Empty;
}
