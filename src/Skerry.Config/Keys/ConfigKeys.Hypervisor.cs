using Skerry.Config.Toml;

namespace Skerry.Config.Keys;

/// <content>The obeyed keys of <c>[hypervisor.qemu]</c>.</content>
public static partial class ConfigKeys
{
    private static IEnumerable<ConfigKey> HypervisorKeys() =>
    [
        Hypervisor(
            "path", KeyType.Text, KeyRange.AbsolutePath, "The VMM's program on the host.", h => h.Path.ToToml(), (h, v) => h with { Path = v.Text() }, "path"),
        Hypervisor(
            "valid_hypervisor_paths", KeyType.TextList, KeyRange.Globs, "Programs the `path` annotation may choose.",
            h => h.ValidHypervisorPaths.ToToml(), (h, v) => h with { ValidHypervisorPaths = v.Texts() }) with { DefaultInWords = "the `path`" },
        Hypervisor(
            "machine_type", KeyType.Text, KeyRange.OneOf("", "microvm", "q35"),
            "The emulated machine; empty leaves the choice to what the sandbox needs.", h => h.MachineType.ToToml(), (h, v) => h with { MachineType = v.TextOrNull() },
            "machine_type"),
        Hypervisor(
            "machine_accelerators", KeyType.Text, KeyRange.Any, "Further options of QEMU's `-machine`, comma-separated.",
            h => h.MachineAccelerators.ToToml(), (h, v) => h with { MachineAccelerators = v.Text() }, "machine_accelerators"),
        Hypervisor(
            "accelerator", KeyType.Text, KeyRange.OneOf("auto", "kvm", "tcg"),
            "Hardware virtualization or emulation; `auto` takes KVM where it works.", h => h.Accelerator.ToToml(), (h, v) => h with { Accelerator = v.Text() })
            with { IsOurOwn = true },
        Hypervisor(
            "cpu_features", KeyType.Text, KeyRange.Any, "Further flags of QEMU's `-cpu`, comma-separated.",
            h => h.CpuFeatures.ToToml(), (h, v) => h with { CpuFeatures = v.Text() }, "cpu_features"),
        Hypervisor(
            "kernel", KeyType.Text, KeyRange.AbsolutePath, "The guest kernel: an uncompressed vmlinux with a PVH note, or a bzImage.",
            h => h.Kernel.ToToml(), (h, v) => h with { Kernel = v.Text() }, "kernel")
            with { DefaultInWords = "PREFIX/share/skerry/vmlinux, else PREFIX/share/skerry/vmlinuz" },
        Hypervisor(
            "kernel_flavor", KeyType.Text, KeyRange.OneOf("", "pvm"), "`pvm` for a guest kernel built for PVM hosts, which a stock kernel cannot boot on.",
            h => h.KernelFlavor.ToToml(), (h, v) => h with { KernelFlavor = v.Text() }) with { IsOurOwn = true },
        Hypervisor(
            "kernel_params", KeyType.Text, KeyRange.Any, "Further parameters of the guest kernel; they come last, so they win.",
            h => h.KernelParams.ToToml(), (h, v) => h with { KernelParams = v.Text() }, "kernel_params"),
        Hypervisor(
            "initrd", KeyType.Text, KeyRange.OptionalPath, "The guest's initramfs; either this or `image`.",
            h => h.Initrd.ToToml(), (h, v) => h with { Initrd = v.TextOrNull() }, "initrd")
            with { DefaultInWords = "PREFIX/share/skerry/initrd.img, unless `image` is set" },
        Hypervisor(
            "image", KeyType.Text, KeyRange.OptionalPath, "The guest's root disk image; either this or `initrd`.",
            h => h.Image.ToToml(), (h, v) => h with { Image = v.TextOrNull() }, "image"),
        Hypervisor(
            "guest_hook_path", KeyType.Text, KeyRange.OptionalPath,
            "A directory of the guest whose `prestart`, `poststart` and `poststop` hold programs that run around every container.",
            h => h.GuestHookPath.ToToml(), (h, v) => h with { GuestHookPath = v.TextOrNull() }, "guest_hook_path"),
        Hypervisor(
            "rootfs_type", KeyType.Text, KeyRange.OneOf("ext4", "xfs", "erofs"), "The file system of `image`.",
            h => h.RootfsType.ToToml(), (h, v) => h with { RootfsType = v.Text() }),
        Hypervisor(
            "kernel_verity_params", KeyType.Text, KeyRange.VerityParameters, "The dm-verity root hash of `image` and its geometry, as `skerry image build --verity` writes them.",
            h => (h.KernelVerityParams?.ToString() ?? string.Empty).ToToml(), (h, v) => h with { KernelVerityParams = v.Verity() }, "kernel_verity_params"),
        Hypervisor(
            "vm_rootfs_driver", KeyType.Text, KeyRange.OneOf("", "virtio-blk-pci", "virtio-blk-mmio", "nvdimm", "virtio-pmem"),
            "How the guest sees `image`: as a disk on the machine's own bus, or mapped as memory (`q35` only).",
            h => h.VmRootfsDriver.ToToml(), (h, v) => h with { VmRootfsDriver = v.Text() }),
        Hypervisor(
            "disable_image_nvdimm", KeyType.Boolean, KeyRange.Any, "When false, `image` is mapped as NVDIMM on `q35`, unless `vm_rootfs_driver` says otherwise. (Kata's default is false.)",
            h => h.DisableImageNvdimm.ToToml(), (h, v) => h with { DisableImageNvdimm = v.Flag() }, "disable_image_nvdimm"),
        Hypervisor(
            "default_vcpus", KeyType.Number, KeyRange.FiniteUpTo(1024),
            "Virtual processors at boot, a fraction rounded up; 0 means 1, and a negative number or more than the host has means all of the host's.",
            h => h.DefaultVcpus.ToToml(), (h, v) => h with { DefaultVcpus = v.Number() }, "default_vcpus"),
        Hypervisor(
            "default_maxvcpus", KeyType.Integer, KeyRange.Between(0, 1024),
            "The most virtual processors a sandbox may have; 0 or more than the host has means all of the host's.",
            h => h.DefaultMaxVcpus.ToToml(), (h, v) => h with { DefaultMaxVcpus = v.Count() }, "default_max_vcpus"),
        Hypervisor(
            "default_memory", KeyType.Integer, KeyRange.Between(HypervisorConfig.MinimumMemoryMiB, 16 * 1024 * 1024),
            "Guest memory at boot, in MiB. (Kata's default is 2048.)",
            h => h.DefaultMemoryMiB.ToToml(), (h, v) => h with { DefaultMemoryMiB = v.Count() }, "default_memory"),
        Hypervisor(
            "default_maxmemory", KeyType.Integer, KeyRange.Between(0, 16 * 1024 * 1024),
            "The most memory a sandbox may grow to when `static_sandbox_resource_mgmt` is false, in MiB; 0 or more than the host has means all of the host's.",
            h => h.DefaultMaxMemoryMiB.ToToml(), (h, v) => h with { DefaultMaxMemoryMiB = v.Count() }),
        Hypervisor(
            "memory_slots", KeyType.Integer, KeyRange.Between(0, 255),
            "How many times memory can be plugged when `static_sandbox_resource_mgmt` is false; 0 means 10.",
            h => h.MemorySlots.ToToml(), (h, v) => h with { MemorySlots = v.Count() is > 0 and uint slots ? slots : 10 }, "memory_slots"),
        Hypervisor(
            "enable_virtio_mem", KeyType.Boolean, KeyRange.Any,
            "Memory grows by virtio-mem, which needs no slots and shrinks again, when `static_sandbox_resource_mgmt` is false.",
            h => h.EnableVirtioMem.ToToml(), (h, v) => h with { EnableVirtioMem = v.Flag() }, "enable_virtio_mem"),
        Hypervisor(
            "reclaim_guest_freed_memory", KeyType.Boolean, KeyRange.Any, "Gives memory that the guest has freed back to the host, by free page reporting.",
            h => h.ReclaimGuestFreedMemory.ToToml(), (h, v) => h with { ReclaimGuestFreedMemory = v.Flag() }, "reclaim_guest_freed_memory"),
        Hypervisor(
            "enable_mem_prealloc", KeyType.Boolean, KeyRange.Any, "Allocates all guest memory at boot.",
            h => h.EnableMemPrealloc.ToToml(), (h, v) => h with { EnableMemPrealloc = v.Flag() }, "enable_mem_prealloc"),
        Hypervisor(
            "enable_hugepages", KeyType.Boolean, KeyRange.Any, "Backs guest memory with huge pages, which the host must have reserved.",
            h => h.EnableHugepages.ToToml(), (h, v) => h with { EnableHugepages = v.Flag() }, "enable_hugepages"),
        Hypervisor(
            "shared_fs", KeyType.Text, KeyRange.OneOf("virtio-fs"), "How host directories reach the guest.",
            h => h.SharedFs.ToToml(), (h, v) => h with { SharedFs = v.Text() }, "shared_fs"),
        Hypervisor(
            "virtio_fs_daemon", KeyType.Text, KeyRange.AbsolutePath, "The vhost-user-fs daemon's program.",
            h => h.VirtioFsDaemon.ToToml(), (h, v) => h with { VirtioFsDaemon = v.Text() }, "virtio_fs_daemon")
            with { DefaultInWords = "the first that exists of PREFIX/libexec/skerry-fsd, /usr/libexec/virtiofsd, /usr/lib/qemu/virtiofsd" },
        Hypervisor(
            "valid_virtio_fs_daemon_paths", KeyType.TextList, KeyRange.Globs, "Programs the `virtio_fs_daemon` annotation may choose.",
            h => h.ValidVirtioFsDaemonPaths.ToToml(), (h, v) => h with { ValidVirtioFsDaemonPaths = v.Texts() }) with { DefaultInWords = "the `virtio_fs_daemon`" },
        Hypervisor(
            "virtio_fs_cache", KeyType.Text, KeyRange.OneOf("never", "metadata", "auto", "always"), "The daemon's cache policy.",
            h => h.VirtioFsCache.ToToml(), (h, v) => h with { VirtioFsCache = v.Text() }, "virtio_fs_cache"),
        Hypervisor(
            "virtio_fs_extra_args", KeyType.TextList, KeyRange.Any, "Further arguments of the daemon.",
            h => h.VirtioFsExtraArgs.ToToml(), (h, v) => h with { VirtioFsExtraArgs = v.Texts() }, "virtio_fs_extra_args"),
        Hypervisor(
            "virtio_fs_queue_size", KeyType.Integer, KeyRange.PowerOfTwo(2, 1024), "Entries of the share's virtqueue.",
            h => h.VirtioFsQueueSize.ToToml(), (h, v) => h with { VirtioFsQueueSize = v.Count() }),
        Hypervisor(
            "disable_vhost_net", KeyType.Boolean, KeyRange.Any, "Moves network packets in the VMM even where the host has /dev/vhost-net.",
            h => h.DisableVhostNet.ToToml(), (h, v) => h with { DisableVhostNet = v.Flag() }, "disable_vhost_net"),
        Hypervisor(
            "network_queues", KeyType.Integer, KeyRange.Between(0, 16), "Queue pairs of a network card; 0 means 1.",
            h => h.NetworkQueues.ToToml(), (h, v) => h with { NetworkQueues = Math.Max(1, v.Count()) }, "network_queues"),
        Hypervisor(
            "rx_rate_limiter_max_rate", KeyType.Integer, KeyRange.Between(0, long.MaxValue), "The inbound limit of each network card, in bits per second; 0 for none.",
            h => h.RxRateLimiterMaxRate.ToToml(), (h, v) => h with { RxRateLimiterMaxRate = v.LongCount() }, "rx_rate_limiter_max_rate"),
        Hypervisor(
            "tx_rate_limiter_max_rate", KeyType.Integer, KeyRange.Between(0, long.MaxValue), "The outbound limit of each network card, in bits per second; 0 for none.",
            h => h.TxRateLimiterMaxRate.ToToml(), (h, v) => h with { TxRateLimiterMaxRate = v.LongCount() }, "tx_rate_limiter_max_rate"),
        .. BlockKeys(),
        Hypervisor(
            "entropy_source", KeyType.Text, KeyRange.OptionalPath, "The host file behind the guest's virtio-rng.",
            h => h.EntropySource.ToToml(), (h, v) => h with { EntropySource = v.TextOrNull() ?? "/dev/urandom" }, "entropy_source"),
        Hypervisor(
            "valid_entropy_sources", KeyType.TextList, KeyRange.Globs, "Files the `entropy_source` annotation may choose.",
            h => h.ValidEntropySources.ToToml(), (h, v) => h with { ValidEntropySources = v.Texts() }),
        Hypervisor(
            "seccompsandbox", KeyType.Text, KeyRange.Any, "The argument of QEMU's `-sandbox`; empty leaves QEMU without its seccomp filter.",
            h => h.SeccompSandbox.ToToml(), (h, v) => h with { SeccompSandbox = v.Text() }) with { Aliases = ["hypervisor.seccomp_sandbox"] },
        Hypervisor(
            "enable_annotations", KeyType.TextList, KeyRange.RegularExpressions, "The hypervisor annotations a pod may use. (Kata matches them unanchored.)",
            h => h.EnableAnnotations.ToToml(), (h, v) => h with { EnableAnnotations = v.Texts() }),
        Hypervisor(
            "enable_debug", KeyType.Boolean, KeyRange.Any, "Keeps the guest kernel's messages on the console.",
            h => h.EnableDebug.ToToml(), (h, v) => h with { EnableDebug = v.Flag() }),
    ];

    private static ConfigKey Hypervisor(
        string name,
        KeyType type,
        KeyRange range,
        string meaning,
        Func<HypervisorConfig, TomlValue?> read,
        Func<HypervisorConfig, TomlValue, HypervisorConfig> write,
        string? annotation = null)
    {
        return new ConfigKey
        {
            Table = "hypervisor",
            Name = name,
            Type = type,
            Range = range,
            Meaning = meaning,
            Status = KeyStatus.Obeyed,
            Annotation = annotation,
            Read = config => read(config.Hypervisor),
            Write = (config, value) => config with { Hypervisor = write(config.Hypervisor, value) },
        };
    }
}
