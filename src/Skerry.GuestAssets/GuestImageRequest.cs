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

    /// <summary>The modules of <see cref="KernelPath"/>; null looks at modules/VERSION beside it and at /lib/modules/VERSION, and takes a kernel without as one that has all built in.</summary>
    public string? ModulesDirectory { get; init; }

    /// <summary>Where a downloaded kernel is kept unpacked (about 120 MB); null forbids downloading.</summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Modules to load in the guest, in this order, each after what it needs.</summary>
    public IReadOnlyList<string> Modules { get; init; } = DefaultModules;

    /// <summary>Modules that wait in the initramfs until something asks for them; one that the kernel does not have as a module is left out.</summary>
    public IReadOnlyList<string> OnDemandModules { get; init; } = DefaultOnDemandModules;

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
        "virtio_balloon", "virtio_mem",
    ];

    /// <summary>
    /// What containers that may administer their network, or mount, are used to find: kinds of interfaces, packet filters (iptables and
    /// nftables), loop devices, ext4 for root file systems on disks. They take some 4 MiB of the guest's memory; a kernel that has them built in has none of them here.
    /// </summary>
    public static IReadOnlyList<string> DefaultOnDemandModules { get; } =
    [
        "bridge", "br_netfilter", "veth", "dummy", "macvlan", "ipvlan", "tun", "8021q", "loop",
        "iptable_filter", "iptable_nat", "iptable_mangle", "iptable_raw", "ip6table_filter", "ip6table_nat", "ip6table_mangle",
        "xt_tcpudp", "xt_conntrack", "xt_state", "xt_comment", "xt_mark", "xt_connmark", "xt_multiport", "xt_addrtype", "xt_owner", "xt_limit",
        "xt_nat", "xt_MASQUERADE", "xt_REDIRECT", "xt_LOG", "xt_statistic", "xt_TCPMSS", "ipt_REJECT", "ip6t_REJECT",
        "nf_tables", "nft_compat", "nft_chain_nat", "nft_ct", "nft_nat", "nft_masq", "nft_redir", "nft_reject_inet", "nft_limit", "nft_log", "nft_fib_inet",
        "nf_conntrack_netlink", "ext4",
    ];
}
