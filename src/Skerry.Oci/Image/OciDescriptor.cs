using System.Collections.ObjectModel;

namespace Skerry.Oci;

/// <summary>A reference to a blob by digest. Image-spec 1.1, descriptor.md.</summary>
public sealed record OciDescriptor
{
    /// <summary>What the blob is.</summary>
    public string MediaType { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Its digest, as <c>sha256:…</c>; parse it with <see cref="Skerry.Oci.Digest"/>.</summary>
    public string Digest { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Its size in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Where else it can be had.</summary>
    public IReadOnlyList<string> Urls { get; init => field = value ?? []; } = [];

    /// <summary>Free-form notes; <c>org.opencontainers.image.ref.name</c> names a tag in an index.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } =
        ReadOnlyDictionary<string, string>.Empty;

    /// <summary>What it runs on, in an index.</summary>
    public OciPlatform? Platform { get; init; }

    /// <summary>What kind of artifact the blob describes, or null for an image.</summary>
    public string? ArtifactType { get; init; }
}
