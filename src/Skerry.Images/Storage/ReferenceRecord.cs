namespace Skerry.Images.Storage;

/// <summary>What somebody needs from the store: a container as long as it exists, or an import while it runs.</summary>
internal sealed record ReferenceRecord
{
    /// <summary>Digests of layers.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>Digests of blobs.</summary>
    public required IReadOnlyList<string> Blobs { get; init; }
}
