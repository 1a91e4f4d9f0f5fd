namespace Skerry.GuestAssets.KernelBuild;

/// <summary>How a guest kernel is going to be used: part of what it must have follows from that.</summary>
public sealed record KernelUse
{
    /// <summary>"microvm", "q35", or empty when the sandbox chooses.</summary>
    public string MachineType { get; init; } = string.Empty;

    /// <summary>The kernel is an uncompressed vmlinux, which is entered by PVH.</summary>
    public bool EntersByPvh { get; init; }

    /// <summary>The root disk image's file system, as in "ext4"; null when the guest boots an initramfs.</summary>
    public string? RootFileSystem { get; init; }

    /// <summary>The root disk image is measured by dm-verity.</summary>
    public bool Verity { get; init; }

    /// <summary>The machine gets processors and memory while it runs.</summary>
    public bool Grows { get; init; }

    /// <summary>It gets that memory by virtio-mem instead of modules.</summary>
    public bool VirtioMem { get; init; }

    /// <summary>What the guest frees is given back to the host.</summary>
    public bool ReclaimsMemory { get; init; }

    /// <summary>The guest must have sockets of AF_VSOCK, as a stock kata-agent needs; ours speaks vsock over a serial port without.</summary>
    public bool Vsock { get; init; }
}
