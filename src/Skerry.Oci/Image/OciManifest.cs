using System.Collections.ObjectModel;

namespace Skerry.Oci;

/// <summary>One image for one platform; Docker's v2 schema 2 has the same shape. Image-spec 1.1, manifest.md.</summary>
public sealed record OciManifest
{
    /// <summary>Always 2.</summary>
    public int SchemaVersion { get; init; }

    /// <summary>What this document is; older writers leave it out.</summary>
    public string? MediaType { get; init; }

    /// <summary>What kind of artifact this is, or null for an image.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The image's configuration.</summary>
    public OciDescriptor? Config { get; init; }

    /// <summary>The layers, lowest first.</summary>
    public IReadOnlyList<OciDescriptor> Layers { get; init => field = value ?? []; } = [];

    /// <summary>The manifest this one is about, or null.</summary>
    public OciDescriptor? Subject { get; init; }

    /// <summary>Free-form notes.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } =
        ReadOnlyDictionary<string, string>.Empty;
}
