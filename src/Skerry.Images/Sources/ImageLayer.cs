using Skerry.Oci;

namespace Skerry.Images.Sources;

/// <summary>One layer of an image that is being read.</summary>
/// <param name="Path">Where its blob is among the image's files.</param>
/// <param name="Digest">The digest of the blob; null where the source does not say, as in docker-archive.</param>
/// <param name="SizeBytes">The size of the blob, or -1 when unknown.</param>
/// <param name="DiffId">The digest of the uncompressed content.</param>
internal sealed record ImageLayer(string Path, Digest? Digest, long SizeBytes, Digest DiffId)
{
    /// <summary>What to call the blob in an error.</summary>
    public string Name => Digest is { } digest ? $"blob {digest}" : $"layer \"{Path}\"";
}
