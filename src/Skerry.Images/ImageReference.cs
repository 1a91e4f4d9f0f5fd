using Skerry.Core;

namespace Skerry.Images;

/// <summary>Which image is meant: <c>oci:DIR[:TAG]</c>, <c>oci-archive:FILE[:TAG]</c>, <c>docker-archive:FILE[:TAG]</c>, <c>rootfs:DIR</c>,
/// <c>docker://NAME</c>, or the name of an imported image.</summary>
/// <param name="Transport">Where it comes from.</param>
/// <param name="Location">The path or name.</param>
/// <param name="Tag">Which image of several at that place, or null.</param>
public sealed record ImageReference(ImageTransport Transport, string Location, string? Tag = null)
{
    private const string Hint = "use oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:TAG], rootfs:DIR, docker://NAME or an imported name";

    private static readonly (string Prefix, ImageTransport Transport)[] Prefixes =
    [
        ("oci:", ImageTransport.OciDirectory),
        ("oci-archive:", ImageTransport.OciArchive),
        ("docker-archive:", ImageTransport.DockerArchive),
        ("rootfs:", ImageTransport.Rootfs),
        ("docker://", ImageTransport.Registry),
    ];

    /// <summary>Reads a reference.</summary>
    /// <exception cref="ImageException">InvalidArgument: empty, without a path, or a name with characters names cannot have.</exception>
    public static ImageReference Parse(string text)
    {
        foreach ((string prefix, ImageTransport transport) in Prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return WithLocation(text, transport, text[prefix.Length..]);
            }
        }

        return new ImageReference(ImageTransport.Name, ImageName.Normalize(text, Hint));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Prefixes.FirstOrDefault(entry => entry.Transport == Transport).Prefix}{Location}{(Tag is null ? string.Empty : $":{Tag}")}";

    private static ImageReference WithLocation(string text, ImageTransport transport, string rest)
    {
        bool hasTags = transport is ImageTransport.OciDirectory or ImageTransport.OciArchive or ImageTransport.DockerArchive;
        (string location, string? tag) = hasTags ? SplitTag(rest) : (rest, null);
        return location.Length > 0
            ? new ImageReference(transport, location, tag)
            : throw new ImageException(FailureKind.InvalidArgument, $"the image reference \"{text}\" has no path", Hint);
    }

    /// <summary>A path ends at its first colon, as in skopeo: a tag may be a whole name with colons of its own.</summary>
    private static (string Location, string? Tag) SplitTag(string rest)
    {
        int colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (rest, null) : (rest[..colon], colon + 1 < rest.Length ? rest[(colon + 1)..] : null);
    }
}
