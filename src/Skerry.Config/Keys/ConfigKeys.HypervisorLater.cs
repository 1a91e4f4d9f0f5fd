namespace Skerry.Config.Keys;

/// <content>The keys of Kata's hypervisor tables that have no effect yet, or are refused.</content>
public static partial class ConfigKeys
{
    private static IEnumerable<ConfigKey> LaterHypervisorKeys() =>
        [.. LaterBootKeys(), .. LaterMemoryKeys(), .. LaterBlockKeys(), .. LaterDeviceKeys(), .. SecurityKeys()];

    private static IEnumerable<ConfigKey> LaterBootKeys() =>
    [
        Later("hypervisor", KeyType.Text, "jailer_path", "Firecracker's jailer.", Reasons.OtherHypervisor, "jailer_path"),
        Later("hypervisor", KeyType.TextList, "valid_jailer_paths", "Jailers an annotation may choose.", Reasons.OtherHypervisor),
        Later("hypervisor", KeyType.Text, "ctlpath", "Dragonball's control program.", Reasons.OtherHypervisor),
        Later("hypervisor", KeyType.TextList, "valid_ctlpaths", "Control programs an annotation may choose.", Reasons.OtherHypervisor),
        Later("hypervisor", KeyType.TableList, "guest_extension_images", "Further read-only disks of the guest.", Reasons.Block),
        Later("hypervisor", KeyType.Text, "firmware", "The BIOS or UEFI file; Skerry boots the kernel directly.", Reasons.Firmware, "firmware"),
        Later("hypervisor", KeyType.Text, "firmware_volume", "The volume of UEFI variables.", Reasons.Firmware, "firmware_volume"),
        Later("hypervisor", KeyType.TextList, "pflashes", "Flash images.", Reasons.Firmware),
        Later("hypervisor", KeyType.Boolean, "disable_seccomp", "Switches off another VMM's seccomp filter; for QEMU see `seccompsandbox`.", Reasons.OtherHypervisor),
        Later("hypervisor", KeyType.Boolean, "use_legacy_serial", "A serial port as the guest's console.", Reasons.Console, "use_legacy_serial"),
        Later("hypervisor", KeyType.Boolean, "disable_nesting_checks", "Ignores that the host is a guest itself.", Reasons.NoNestingCheck),
        Later("hypervisor", KeyType.Boolean, "disable_nested_virtualization", "Hides VMX and SVM from the guest.", Reasons.OtherHypervisor),
        Later("hypervisor", KeyType.Integer, "hypervisor_loglevel", "Cloud Hypervisor's verbosity.", Reasons.OtherHypervisor),
        Later("hypervisor", KeyType.Text, "log_level", "The VMM's log level, in runtime-rs's dialect.", Reasons.OtherHypervisor),
        Later("hypervisor", KeyType.Text, "remote_hypervisor_socket", "The socket of a remote hypervisor.", Reasons.OtherHypervisor, null, "hypervisor.hypervisor_socket"),
        Later("hypervisor", KeyType.Integer, "remote_hypervisor_timeout", "The time limit of a remote hypervisor.", Reasons.OtherHypervisor, null, "hypervisor.hypervisor_timeout"),
        Later("hypervisor", KeyType.Integer, "default_gpus", "GPUs of a remote machine.", Reasons.OtherHypervisor, "default_gpus"),
        Later("hypervisor", KeyType.Text, "default_gpu_model", "The GPU model of a remote machine.", Reasons.OtherHypervisor, "default_gpu_model"),
    ];

    private static IEnumerable<ConfigKey> LaterMemoryKeys() =>
    [
        Later("hypervisor", KeyType.Number, "overhead_vcpus", "Processors added for the machine itself.", Reasons.Overhead),
        Later("hypervisor", KeyType.Integer, "overhead_memory", "Memory added for the machine itself, in MiB.", Reasons.Overhead),
        Later("hypervisor", KeyType.Integer, "memory_offset", "Address space kept for NVDIMM, in MiB.", Reasons.Nvdimm, "memory_offset"),
        Later("hypervisor", KeyType.Text, "hugepage_type", "The kind of huge pages.", Reasons.HugePageKind, "hugepage_type"),
        Later("hypervisor", KeyType.Boolean, "enable_iommu", "A virtual IOMMU.", Reasons.Devices, "enable_iommu"),
        Later("hypervisor", KeyType.Boolean, "enable_iommu_platform", "Devices behind the virtual IOMMU.", Reasons.Devices, "enable_iommu_platform"),
        Later("hypervisor", KeyType.Boolean, "enable_numa", "Shows the host's NUMA nodes to the guest.", Reasons.Numa),
        Later("hypervisor", KeyType.TextList, "numa_mapping", "Which host nodes make a guest node.", Reasons.Numa, "numa_mapping"),
        Later("hypervisor", KeyType.Boolean, "enable_guest_swap", "A swap file for the guest.", Reasons.Block, "enable_guest_swap"),
        Later("hypervisor", KeyType.Text, "guest_swap_path", "Where swap files live.", Reasons.Block),
        Later("hypervisor", KeyType.Integer, "guest_swap_size_percent", "The size of the swap file, in percent of memory.", Reasons.Block),
        Later("hypervisor", KeyType.Integer, "guest_swap_create_threshold_secs", "The delay before swap is made, in seconds.", Reasons.Block),
        Later("hypervisor", KeyType.Text, "file_mem_backend", "A file behind guest memory.", Reasons.Retired, "file_mem_backend"),
        Later("hypervisor", KeyType.TextList, "valid_file_mem_backends", "Memory files an annotation may choose.", Reasons.Retired),
        Later("hypervisor", KeyType.Boolean, "enable_swap", "Lets guest memory be swapped out.", Reasons.Retired),
    ];

    private static IEnumerable<ConfigKey> LaterBlockKeys() =>
    [
        Later("hypervisor", KeyType.Boolean, "enable_iothreads", "One I/O thread for SCSI.", Reasons.Block, "enable_iothreads"),
        Later("hypervisor", KeyType.Integer, "indep_iothreads", "Independent I/O threads.", Reasons.Block, "indep_iothreads"),
        Later("hypervisor", KeyType.Boolean, "enable_vhost_user_store", "Disks of a vhost-user target.", Reasons.Block, "enable_vhost_user_store"),
        Later("hypervisor", KeyType.Text, "vhost_user_store_path", "The sockets of vhost-user targets.", Reasons.Block, "vhost_user_store_path"),
        Later("hypervisor", KeyType.TextList, "valid_vhost_user_store_paths", "Socket directories an annotation may choose.", Reasons.Block),
        Later("hypervisor", KeyType.Integer, "vhost_user_reconnect_timeout_sec", "The delay before reconnecting, in seconds.", Reasons.Block, "vhost_user_reconnect_timeout_sec"),
        Later("hypervisor", KeyType.Integer, "disk_rate_limiter_bw_max_rate", "A disk's bandwidth, in bits per second.", Reasons.Block),
        Later("hypervisor", KeyType.Integer, "disk_rate_limiter_bw_one_time_burst", "A disk's burst, in bits.", Reasons.Block),
        Later("hypervisor", KeyType.Integer, "disk_rate_limiter_ops_max_rate", "A disk's operations per second.", Reasons.Block),
        Later("hypervisor", KeyType.Integer, "disk_rate_limiter_ops_one_time_burst", "A disk's burst, in operations.", Reasons.Block),
        Later("hypervisor", KeyType.Integer, "virtio_fs_cache_size", "The size of the DAX window, in MiB.", Reasons.Dax, "virtio_fs_cache_size"),
        Later("hypervisor", KeyType.Boolean, "virtio_fs_is_dax", "Maps the host's page cache into the guest.", Reasons.Dax),
        Later("hypervisor", KeyType.Integer, "msize_9p", "The packet size of 9p.", Reasons.Retired, "msize_9p"),
        Later("hypervisor", KeyType.Text, "prefetch_list_path", "Nydus' list of files to prefetch.", Reasons.Nydus, "prefetch_files.list"),
    ];

    private static IEnumerable<ConfigKey> LaterDeviceKeys() =>
    [
        Later("hypervisor", KeyType.Integer, "default_bridges", "PCI bridges for devices plugged later.", Reasons.RootPorts),
        Later("hypervisor", KeyType.Text, "hot_plug_vfio", "Where passed-through devices are plugged.", Reasons.Devices, "hot_plug_vfio"),
        Later("hypervisor", KeyType.Text, "cold_plug_vfio", "Where passed-through devices are at boot.", Reasons.Devices, "cold_plug_vfio"),
        Later("hypervisor", KeyType.Boolean, "hotplug_vfio_on_root_bus", "The older spelling of hot_plug_vfio.", Reasons.Retired),
        Later("hypervisor", KeyType.Integer, "pcie_switch_port", "Spare PCIe switch ports.", Reasons.RootPorts, "pcie_switch_port"),
        Later("hypervisor", KeyType.Integer, "net_rate_limiter_bw_max_rate", "A network device's bandwidth, in bits per second.", Reasons.BurstRates),
        Later("hypervisor", KeyType.Integer, "net_rate_limiter_bw_one_time_burst", "A network device's burst, in bits.", Reasons.BurstRates),
        Later("hypervisor", KeyType.Integer, "net_rate_limiter_ops_max_rate", "A network device's packets per second.", Reasons.BurstRates),
        Later("hypervisor", KeyType.Integer, "net_rate_limiter_ops_one_time_burst", "A network device's burst, in packets.", Reasons.BurstRates),
        Later("hypervisor", KeyType.Text, "extra_monitor_socket", "A further QEMU monitor.", Reasons.Monitor, null, "hypervisor.dbg_monitor_socket"),
        Later("hypervisor", KeyType.Text, "guest_memory_dump_path", "Where a panicked guest's memory is written.", Reasons.MemoryDump),
        Later("hypervisor", KeyType.Boolean, "guest_memory_dump_paging", "Keeps paging in the dump.", Reasons.MemoryDump),
    ];

    private static IEnumerable<ConfigKey> SecurityKeys() =>
    [
        Refused("hypervisor", KeyType.Boolean, "rootless", "Runs the VMM as an unprivileged user.", Reasons.Rootless, "rootless"),
        Refused("hypervisor", KeyType.Table, "rootless_user", "The user of a rootless VMM.", Reasons.Rootless),
        Refused("hypervisor", KeyType.Boolean, "confidential_guest", "Encrypted guest memory (TDX, SNP, SE).", Reasons.Confidential),
        Refused("hypervisor", KeyType.Boolean, "sev_snp_guest", "SEV-SNP instead of SEV.", Reasons.Confidential),
        Refused("hypervisor", KeyType.Text, "snp_id_block", "SEV-SNP's identity block.", Reasons.Confidential),
        Refused("hypervisor", KeyType.Text, "snp_id_auth", "SEV-SNP's identity authentication.", Reasons.Confidential),
        Refused("hypervisor", KeyType.Text, "initdata", "The initial data of a confidential guest.", Reasons.Confidential, "cc_init_data"),
        Later("hypervisor", KeyType.Integer, "snp_guest_policy", "SEV-SNP's policy bits.", Reasons.Confidential),
        Later("hypervisor", KeyType.Integer, "tdx_quote_generation_service_socket_port", "The port of TDX's quoting service.", Reasons.Confidential),
        Later("hypervisor", KeyType.Text, "measurement_algo", "The digest of the initial data.", Reasons.Confidential),
        Later("hypervisor", KeyType.Boolean, "disable_selinux", "Leaves the VMM without an SELinux label.", Reasons.SeLinux),
        Later("hypervisor", KeyType.Boolean, "disable_guest_selinux", "Leaves guest processes without an SELinux label.", Reasons.SeLinux),
    ];
}
