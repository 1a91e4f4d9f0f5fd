namespace Skerry.Images.Storage;

/// <summary>The store's index.json: the images that have names.</summary>
internal sealed record StoreIndexRecord
{
    /// <summary>The version of this file's format.</summary>
    internal const int CurrentVersion = 1;

    /// <summary>The version of the format it was written in.</summary>
    public required int Version { get; init; }

    /// <summary>The images, by name.</summary>
    public required IReadOnlyList<NamedImageRecord> Images { get; init; }
}
