namespace Skerry.GuestAssets;

/// <summary>A guest kernel and its initramfs, ready to boot.</summary>
public sealed record GuestImage
{
    /// <summary>The kernel to boot.</summary>
    public required string KernelPath { get; init; }

    /// <summary>The initramfs to boot it with.</summary>
    public required string InitrdPath { get; init; }

    /// <summary>What the kernel file says of itself.</summary>
    public required KernelDescription Kernel { get; init; }

    /// <summary>Where the kernel came from, as in "/boot/vmlinuz-6.1.0-56-cloud-amd64".</summary>
    public required string KernelSource { get; init; }

    /// <summary>The modules in the initramfs, in load order; empty when it was not rebuilt and holds none.</summary>
    public required IReadOnlyList<string> Modules { get; init; }

    /// <summary>Size of the kernel file, in bytes.</summary>
    public required long KernelSizeBytes { get; init; }

    /// <summary>Size of the initramfs, in bytes.</summary>
    public required long InitrdSizeBytes { get; init; }

    /// <summary>False when everything was there already and fits its inputs.</summary>
    public required bool Rebuilt { get; init; }
}
