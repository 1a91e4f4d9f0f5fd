using Skerry.Oci;

namespace Skerry.Images;

/// <summary>One line of the list of images.</summary>
/// <param name="Name">The name, with its tag.</param>
/// <param name="Digest">The digest of its manifest or configuration.</param>
/// <param name="Layers">How many layers it has.</param>
/// <param name="SizeBytes">Size of all layers, uncompressed; layers shared with other images count in each.</param>
/// <param name="Platform">What it runs on, as <c>linux/amd64</c>.</param>
/// <param name="CreatedAt">When it was made, as its configuration says; null when it does not.</param>
/// <param name="ImportedAt">When it came into the store.</param>
public sealed record ImageSummary(
    string Name, Digest Digest, int Layers, long SizeBytes, string Platform, DateTimeOffset? CreatedAt, DateTimeOffset ImportedAt);
