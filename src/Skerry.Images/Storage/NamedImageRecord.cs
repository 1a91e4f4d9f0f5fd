namespace Skerry.Images.Storage;

/// <summary>One name in the store's index.</summary>
internal sealed record NamedImageRecord
{
    /// <summary>The name, with its tag.</summary>
    public required string Name { get; init; }

    /// <summary>The image's identity: the digest of its manifest or configuration.</summary>
    public required string Digest { get; init; }

    /// <summary>The digest of its configuration, which is among the blobs and lists the layers.</summary>
    public required string Config { get; init; }

    /// <summary>When it was imported.</summary>
    public required DateTimeOffset ImportedAt { get; init; }
}
