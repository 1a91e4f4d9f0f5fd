using Skerry.Oci;

namespace Skerry.Images;

/// <summary>An image whose layers lie unpacked, ready to be mounted.</summary>
public sealed record StoredImage
{
    /// <summary>What the user called it.</summary>
    public required string Reference { get; init; }

    /// <summary>The digest of its manifest or configuration; null for a directory used in place.</summary>
    public Digest? Digest { get; init; }

    /// <summary>Its configuration; empty for a directory used in place.</summary>
    public required OciImageConfig Config { get; init; }

    /// <summary>The directories of its layers, lowest first.</summary>
    public required IReadOnlyList<string> LayerDirectories { get; init; }

    /// <summary>Directories of each layer that no entry described, in the order of <see cref="LayerDirectories"/>.</summary>
    internal IReadOnlyList<IReadOnlyList<string>> ImpliedDirectories { get; init; } = [];
}
