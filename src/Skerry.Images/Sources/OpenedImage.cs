using Skerry.Core;
using Skerry.Oci;

namespace Skerry.Images.Sources;

/// <summary>An image whose documents are read and verified; its layers are not read yet.</summary>
internal sealed class OpenedImage : IDisposable
{
    private readonly IImageFiles _files;

    internal OpenedImage(IImageFiles files) => _files = files;

    /// <summary>What the image is called when nobody names it, or null.</summary>
    public string? SuggestedName { get; init; }

    /// <summary>The image's identity: the digest of its manifest or, where the source has none, of its configuration.</summary>
    public required Digest Digest { get; init; }

    /// <summary>The manifest as read; null where the source has none.</summary>
    public byte[]? Manifest { get; init; }

    /// <summary>The configuration as read.</summary>
    public required byte[] ConfigDocument { get; init; }

    /// <summary>The configuration.</summary>
    public required OciImageConfig Config { get; init; }

    /// <summary>The layers, lowest first.</summary>
    public required IReadOnlyList<ImageLayer> Layers { get; init; }

    /// <summary>Opens a layer's blob.</summary>
    /// <exception cref="ImageException">NotFound when the blob is missing.</exception>
    internal Stream OpenLayer(ImageLayer layer) => _files.TryOpen(layer.Path)?.Content
        ?? throw new ImageException(FailureKind.NotFound, $"{layer.Name} is missing from the image");

    /// <inheritdoc/>
    public void Dispose() => _files.Dispose();
}
