namespace Skerry.GuestAssets;

/// <summary>Which guest kernel and initramfs somebody asked for.</summary>
public sealed record GuestImageRequest
{
    /// <summary>The agent's program: a static executable that becomes /init.</summary>
    public required string AgentPath { get; init; }

    /// <summary>Where <c>vmlinux</c> or <c>vmlinuz</c>, and <c>initrd.img</c>, are put; made when missing.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>
    /// The kernel; null takes the one of the user's own (see <see cref="PreferOwnKernel"/>), then the newest cloud kernel in /boot, then one in <see cref="CacheDirectory"/>, then downloads
    /// Debian's into it.
    /// </summary>
    public string? KernelPath { get; init; }

    /// <summary>Take the kernel that <c>skerry kernel install</c> put into <c>kernel/</c> of the output directory, when there is one.</summary>
    public bool PreferOwnKernel { get; init; } = true;

    /// <summary>The modules of <see cref="KernelPath"/>; null looks at /lib/modules/VERSION, and takes a kernel without as one that has all built in.</summary>
    public string? ModulesDirectory { get; init; }

    /// <summary>Where a downloaded kernel is kept unpacked (about 120 MB); null forbids downloading.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Modules to load in the guest, in this order, each after what it needs.</summary>
    public IReadOnlyList<string> Modules { get; init; } = DefaultModules;

    /// <summary>How the initramfs is packed. Uncompressed boots faster; see docs/reference/guest-image.md.</summary>
    public InitramfsCompression Compression { get; init; } = InitramfsCompression.None;

    /// <summary>Write the uncompressed vmlinux when the kernel can be entered that way (PVH), which boots faster.</summary>
    public bool PreferVmlinux { get; init; } = true;

    /// <summary>
    /// What the agent and a pod need and Debian's cloud kernel does not have built in: the two virtio transports and the
    /// guest channel first, so that the agent answers as early as it can.
    /// </summary>
    public static IReadOnlyList<string> DefaultModules { get; } =
    [
        "virtio_mmio", "virtio_pci", "virtio_console", "virtiofs", "virtio_rng", "overlay", "virtio_blk", "virtio_net", "vmw_vsock_virtio_transport",
    ];
}
