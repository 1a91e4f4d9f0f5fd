namespace Skerry.Images;

/// <summary>What a garbage collection removed.</summary>
/// <param name="Layers">Layers no image and no container needs.</param>
/// <param name="Blobs">Configurations and manifests no image needs.</param>
/// <param name="Leftovers">Half-unpacked layers that a crash left.</param>
public readonly record struct GarbageReport(int Layers, int Blobs, int Leftovers);
