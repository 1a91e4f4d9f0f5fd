namespace Skerry.GuestAssets.KernelBuild;

/// <summary>A guest kernel that was built, and where it lies.</summary>
public sealed record BuiltKernel
{
    /// <summary>The directory that holds it: vmlinux, bzImage (Image on ARM), config, version, sizes.</summary>
    public required string Directory { get; init; }

    /// <summary>The release, as uname -r says it in the guest.</summary>
    public required string Version { get; init; }

    /// <summary>Its files with their sizes, in bytes.</summary>
    public required IReadOnlyDictionary<string, long> SizesBytes { get; init; }

    /// <summary>False when it was there already and fits its inputs.</summary>
    public required bool Rebuilt { get; init; }
}
