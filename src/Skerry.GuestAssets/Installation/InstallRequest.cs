namespace Skerry.GuestAssets.Installation;

/// <summary>Which built assets are to be put in place.</summary>
public sealed record InstallRequest
{
    /// <summary>The main configuration file; the assets are named by a file of <c>config.d/</c> beside it.</summary>
    public required string ConfigurationFile { get; init; }

    /// <summary>Where the assets go.</summary>
    public required string Directory { get; init; }

    /// <summary>A root disk image made by <see cref="Disks.DiskImageBuilder"/>, or an initramfs; null leaves the configured one.</summary>
    public string? Image { get; init; }

    /// <summary>A kernel; null leaves the configured one.</summary>
    public string? Kernel { get; init; }

    /// <summary>The kernel configured now, which has to fit a new <see cref="Image"/>.</summary>
    public required string CurrentKernel { get; init; }
}
