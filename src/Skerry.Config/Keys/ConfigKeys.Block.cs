namespace Skerry.Config.Keys;

/// <content>The obeyed keys of <c>[hypervisor.qemu]</c> about disks and the slots they are plugged into.</content>
public static partial class ConfigKeys
{
    private static IEnumerable<ConfigKey> BlockKeys() =>
    [
        Hypervisor(
            "pcie_root_port", KeyType.Integer, KeyRange.Between(0, 16), "Slots of a q35 machine for network cards and disks that come while it runs; 0 makes two more than the first container has disks, and a pod six more.",
            h => h.PcieRootPort.ToToml(), (h, v) => h with { PcieRootPort = v.Count() }, "pcie_root_port"),
        Hypervisor(
            "disable_block_device_use", KeyType.Boolean, KeyRange.Any,
            "Mounts a root file system that the snapshotter keeps on a block device on the host, and shares it; else the guest gets the device and mounts it.",
            h => h.DisableBlockDeviceUse.ToToml(), (h, v) => h with { DisableBlockDeviceUse = v.Flag() }, "disable_block_device_use"),
        Hypervisor(
            "block_device_driver", KeyType.Text, KeyRange.OneOf("virtio-blk", "virtio-blk-pci", "virtio-blk-mmio", "virtio-blk-ccw", "virtio-scsi", "virtio-mmio", "virtio-pmem", "nvdimm"),
            "The bus of disks.",
            h => h.BlockDeviceDriver.ToToml(), (h, v) => h with { BlockDeviceDriver = v.Text() }, "block_device_driver")
            with { HasNoEffectFor = value => value.Text() is not ("virtio-blk" or "virtio-blk-pci"), Reason = Reasons.DiskBus },
        Hypervisor(
            "block_device_aio", KeyType.Text, KeyRange.OneOf("threads", "native", "io_uring"),
            "How QEMU waits for the host's disk; `native` needs `block_device_cache_direct`, `io_uring` a host that has it.",
            h => h.BlockDeviceAio.ToToml(), (h, v) => h with { BlockDeviceAio = v.Text() }, "block_device_aio"),
        .. CacheKeys(),
        .. GeometryKeys(),
    ];

    private static IEnumerable<ConfigKey> CacheKeys() =>
    [
        Hypervisor(
            "block_device_cache_set", KeyType.Boolean, KeyRange.Any, "Applies `block_device_cache_direct` and `block_device_cache_noflush`.",
            h => h.BlockDeviceCacheSet.ToToml(), (h, v) => h with { BlockDeviceCacheSet = v.Flag() }, "block_device_cache_set"),
        Hypervisor(
            "block_device_cache_direct", KeyType.Boolean, KeyRange.Any, "Goes past the host's page cache (O_DIRECT).",
            h => h.BlockDeviceCacheDirect.ToToml(), (h, v) => h with { BlockDeviceCacheDirect = v.Flag() }, "block_device_cache_direct"),
        Hypervisor(
            "block_device_cache_noflush", KeyType.Boolean, KeyRange.Any, "Ignores the guest's flushes: data is lost when the host fails.",
            h => h.BlockDeviceCacheNoflush.ToToml(), (h, v) => h with { BlockDeviceCacheNoflush = v.Flag() }, "block_device_cache_noflush"),
    ];

    private static IEnumerable<ConfigKey> GeometryKeys() =>
    [
        Hypervisor(
            "block_device_logical_sector_size", KeyType.Integer, KeyRange.PowerOfTwoOrZero(512, 65536), "Bytes of a disk's logical sector; 0 for those of the host's device.",
            h => h.BlockDeviceLogicalSectorSize.ToToml(), (h, v) => h with { BlockDeviceLogicalSectorSize = v.Count() }, "blk_logical_sector_size"),
        Hypervisor(
            "block_device_physical_sector_size", KeyType.Integer, KeyRange.PowerOfTwoOrZero(512, 65536),
            "Bytes of a disk's physical sector, at least a logical one's; 0 for those of the host's device.",
            h => h.BlockDevicePhysicalSectorSize.ToToml(), (h, v) => h with { BlockDevicePhysicalSectorSize = v.Count() }, "blk_physical_sector_size"),
        Hypervisor(
            "queue_size", KeyType.Integer, KeyRange.PowerOfTwoOrZero(4, 1024), "Entries of a disk's queue; 0 leaves it to QEMU.",
            h => h.BlockDeviceQueueSize.ToToml(), (h, v) => h with { BlockDeviceQueueSize = v.Count() }, "block_device_queue_size"),
        Hypervisor(
            "num_queues", KeyType.Integer, KeyRange.Between(0, 255), "Queues of a disk; 0 makes one to a virtual processor.",
            h => h.BlockDeviceNumQueues.ToToml(), (h, v) => h with { BlockDeviceNumQueues = v.Count() }, "block_device_num_queues"),
    ];
}
