using Skerry.Core;

namespace Skerry.GuestAssets.Disks;

/// <summary>A disk image that a guest can boot from.</summary>
/// <param name="Path">The image.</param>
/// <param name="Type">The file system of its first partition.</param>
/// <param name="Verity">What the kernel must know to verify it; null for an image without hash tree.</param>
/// <param name="SizeBytes">Its length; holes take no room.</param>
/// <param name="Digest">SHA-256 of the image, hexadecimal: the same for the same inputs.</param>
/// <param name="Architecture">What its agent runs on, as uname -m says it.</param>
/// <param name="Rebuilt">False when it was there already and fits its inputs.</param>
public sealed record DiskImage(
    string Path, RootfsType Type, VerityParameters? Verity, long SizeBytes, string Digest, string Architecture, bool Rebuilt);
