using Skerry.Core;

namespace Skerry.Config;

/// <summary>The table <c>[hypervisor.qemu]</c>: the VMM, the guest's assets, its processors, memory and share. Immutable.</summary>
public sealed record HypervisorConfig
{
    /// <summary>The smallest guest memory accepted, in MiB: no guest boots in less. What a given kernel needs is told when it is started.</summary>
    public const uint MinimumMemoryMiB = 32;

    /// <summary>Which VMM: <c>qemu</c>, the name of the table.</summary>
    public string Kind { get; init; } = "qemu";

    /// <summary>The VMM's program.</summary>
    public string Path { get; init; } = "/usr/bin/qemu-system-x86_64";

    /// <summary>Globs of programs the <c>path</c> annotation may choose.</summary>
    public IReadOnlyList<string> ValidHypervisorPaths { get; init; } = ["/usr/bin/qemu-system-x86_64"];

    /// <summary><c>microvm</c> or <c>q35</c>; null leaves the choice to the sandbox's needs.</summary>
    public string? MachineType { get; init; }

    /// <summary>Further options of QEMU's <c>-machine</c>, comma-separated; empty for none.</summary>
    public string MachineAccelerators { get; init; } = string.Empty;

    /// <summary>Further flags of QEMU's <c>-cpu</c>, comma-separated; empty for none.</summary>
    public string CpuFeatures { get; init; } = "pmu=off";

    /// <summary><c>auto</c>, <c>kvm</c> or <c>tcg</c>. Skerry's own key.</summary>
    public string Accelerator { get; init; } = "auto";

    /// <summary>The guest kernel: an uncompressed vmlinux with a PVH note, or a bzImage.</summary>
    public string Kernel { get; init; } = string.Empty;

    /// <summary>What the guest kernel was built for: empty for a stock kernel, <c>pvm</c> for one that boots on PVM hosts. Skerry's own key.</summary>
    public string KernelFlavor { get; init; } = string.Empty;

    /// <summary>The guest's initramfs, or null when <see cref="Image"/> is used.</summary>
    public string? Initrd { get; init; }

    /// <summary>The guest's root disk image, or null when <see cref="Initrd"/> is used.</summary>
    public string? Image { get; init; }

    /// <summary>The file system of <see cref="Image"/>: <c>ext4</c>, <c>xfs</c> or <c>erofs</c>.</summary>
    public string RootfsType { get; init; } = "ext4";

    /// <summary>With what the guest's kernel verifies <see cref="Image"/>; null for an image without hash tree.</summary>
    public VerityParameters? KernelVerityParams { get; init; }

    /// <summary>How the guest sees <see cref="Image"/>: empty or <c>virtio-blk-pci</c>, <c>virtio-blk-mmio</c> for a disk, <c>nvdimm</c> or <c>virtio-pmem</c> for mapped memory.</summary>
    public string VmRootfsDriver { get; init; } = string.Empty;

    /// <summary>False maps <see cref="Image"/> as NVDIMM on q35, unless <see cref="VmRootfsDriver"/> says otherwise.</summary>
    public bool DisableImageNvdimm { get; init; } = true;

    /// <summary>Further parameters of the guest kernel, after ours, so that they win.</summary>
    public string KernelParams { get; init; } = string.Empty;

    /// <summary>Virtual processors at boot; a fraction is rounded up.</summary>
    public double DefaultVcpus { get; init; } = 1;

    /// <summary>The most virtual processors a sandbox may have; 0 means as many as the host has.</summary>
    public uint DefaultMaxVcpus { get; init; }

    /// <summary>Guest memory at boot, in MiB.</summary>
    public uint DefaultMemoryMiB { get; init; } = 256;

    /// <summary>The most memory a sandbox may grow to, in MiB; 0 means as much as the host has.</summary>
    public uint DefaultMaxMemoryMiB { get; init; }

    /// <summary>Slots for memory that is plugged, one for each time.</summary>
    public uint MemorySlots { get; init; } = 10;

    /// <summary>Memory grows and shrinks by virtio-mem instead of modules in slots.</summary>
    public bool EnableVirtioMem { get; init; }

    /// <summary>Gives memory that the guest has freed back to the host.</summary>
    public bool ReclaimGuestFreedMemory { get; init; }

    /// <summary>Allocates all guest memory at boot.</summary>
    public bool EnableMemPrealloc { get; init; }

    /// <summary>Backs guest memory with huge pages.</summary>
    public bool EnableHugepages { get; init; }

    /// <summary>How host directories reach the guest: <c>virtio-fs</c>.</summary>
    public string SharedFs { get; init; } = "virtio-fs";

    /// <summary>The vhost-user-fs daemon: one per share.</summary>
    public string VirtioFsDaemon { get; init; } = string.Empty;

    /// <summary>Globs of programs the <c>virtio_fs_daemon</c> annotation may choose.</summary>
    public IReadOnlyList<string> ValidVirtioFsDaemonPaths { get; init; } = [];

    /// <summary>The daemon's cache policy: <c>never</c>, <c>auto</c> or <c>always</c>.</summary>
    public string VirtioFsCache { get; init; } = "auto";

    /// <summary>Further arguments of the daemon.</summary>
    public IReadOnlyList<string> VirtioFsExtraArgs { get; init; } = [];

    /// <summary>Entries of the file system's virtqueue: a power of two.</summary>
    public uint VirtioFsQueueSize { get; init; } = 1024;

    /// <summary>Moves network packets in the VMM although the host's kernel could (vhost-net).</summary>
    public bool DisableVhostNet { get; init; }

    /// <summary>Queue pairs of a network card: as many processors of the guest can send and receive at once.</summary>
    public uint NetworkQueues { get; init; } = 1;

    /// <summary>The inbound limit of each network card, in bits per second; 0 for none.</summary>
    public ulong RxRateLimiterMaxRate { get; init; }

    /// <summary>The outbound limit of each network card, in bits per second; 0 for none.</summary>
    public ulong TxRateLimiterMaxRate { get; init; }

    /// <summary>Slots of a q35 machine for network cards and disks that come while it runs, up to 16; 0 leaves it to what the sandbox needs.</summary>
    public uint PcieRootPort { get; init; }

    /// <summary>Mounts a root file system that is on a block device on the host, and shares it like any other.</summary>
    public bool DisableBlockDeviceUse { get; init; }

    /// <summary>The bus of disks; all are virtio-blk.</summary>
    public string BlockDeviceDriver { get; init; } = "virtio-blk";

    /// <summary>How QEMU waits for the host's disk: <c>threads</c>, <c>native</c> or <c>io_uring</c>.</summary>
    public string BlockDeviceAio { get; init; } = "threads";

    /// <summary>Applies the two options of the cache.</summary>
    public bool BlockDeviceCacheSet { get; init; }

    /// <summary>Goes past the host's page cache.</summary>
    public bool BlockDeviceCacheDirect { get; init; }

    /// <summary>Ignores the guest's flushes.</summary>
    public bool BlockDeviceCacheNoflush { get; init; }

    /// <summary>Bytes of a disk's logical sector; 0 for those of the host's device.</summary>
    public uint BlockDeviceLogicalSectorSize { get; init; }

    /// <summary>Bytes of a disk's physical sector; 0 for those of the host's device.</summary>
    public uint BlockDevicePhysicalSectorSize { get; init; }

    /// <summary>Queues of a disk; 0 for one to a virtual processor.</summary>
    public uint BlockDeviceNumQueues { get; init; }

    /// <summary>Entries of a disk's queue; 0 for QEMU's own choice.</summary>
    public uint BlockDeviceQueueSize { get; init; }

    /// <summary>The host file behind the guest's virtio-rng.</summary>
    public string EntropySource { get; init; } = "/dev/urandom";

    /// <summary>Globs of files the <c>entropy_source</c> annotation may choose.</summary>
    public IReadOnlyList<string> ValidEntropySources { get; init; } = ["/dev/urandom", "/dev/random"];

    /// <summary>The argument of QEMU's <c>-sandbox</c>; empty leaves QEMU without its seccomp filter.</summary>
    public string SeccompSandbox { get; init; } = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

    /// <summary>Anchored regular expressions of the hypervisor annotations a pod may use.</summary>
    public IReadOnlyList<string> EnableAnnotations { get; init; } = ["enable_iommu", "kernel_params", "kernel_verity_params", "default_vcpus", "default_memory"];

    /// <summary>Keeps the guest kernel's messages on the console.</summary>
    public bool EnableDebug { get; init; }

    /// <summary>The guest's directory of hooks; null for none.</summary>
    public string? GuestHookPath { get; init; }
}
