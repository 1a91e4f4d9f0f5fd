namespace Skerry.Config.Tests;

/// <summary>Files as Kata's users have them: the keys of its templates with the values found there.</summary>
internal static class KataFiles
{
    internal const string Go = """
        [hypervisor.qemu]
        path = "/usr/bin/qemu-system-x86_64"
        kernel = "/usr/share/kata-containers/vmlinux.container"
        image = "/usr/share/kata-containers/kata-containers.img"
        rootfs_type = "ext4"
        machine_type = "q35"
        rootless = false
        confidential_guest = false
        enable_annotations = ["enable_iommu", "kernel_params", "kernel_verity_params"]
        valid_hypervisor_paths = ["/usr/bin/qemu-system-x86_64"]
        kernel_params = ""
        firmware = ""
        firmware_volume = ""
        machine_accelerators = ""
        cpu_features = "pmu=off"
        default_vcpus = 1
        default_maxvcpus = 0
        default_bridges = 1
        default_memory = 2048
        default_maxmemory = 0
        disable_block_device_use = false
        shared_fs = "virtio-fs"
        virtio_fs_daemon = "/usr/libexec/virtiofsd"
        valid_virtio_fs_daemon_paths = ["/usr/libexec/virtiofsd"]
        virtio_fs_cache_size = 0
        virtio_fs_queue_size = 1024
        virtio_fs_extra_args = ["--thread-pool-size=1", "--announce-submounts"]
        virtio_fs_cache = "auto"
        block_device_driver = "virtio-scsi"
        block_device_aio = "io_uring"
        enable_iothreads = false
        enable_vhost_user_store = false
        vhost_user_store_path = "/var/run/kata-containers/vhost-user"
        valid_vhost_user_store_paths = ["/var/run/kata-containers/vhost-user"]
        vhost_user_reconnect_timeout_sec = 0
        valid_file_mem_backends = [""]
        pflashes = []
        seccompsandbox = "on,obsolete=deny,spawn=deny,resourcecontrol=deny"
        enable_debug = false
        hot_plug_vfio = "no-port"
        cold_plug_vfio = "no-port"
        disable_selinux = false
        disable_guest_selinux = true

        [factory]
        template_path = "/run/vc/vm/template"
        vm_cache_endpoint = "/var/run/kata-containers/cache.sock"

        [agent.kata]
        kernel_modules = []
        dial_timeout = 45
        cdh_api_timeout = 50

        [runtime]
        internetworking_model = "tcfilter"
        disable_guest_seccomp = true
        create_container_timeout = 61
        enable_vcpus_pinning = false
        guest_selinux_label = ""
        sandbox_cgroup_only = false
        static_sandbox_resource_mgmt = false
        vfio_mode = "guest-kernel"
        disable_guest_empty_dir = false
        experimental = []
        dan_conf = "/run/kata-containers/dans"
        kubelet_root_dir = "/var/lib/kubelet"
        """;

    internal const string RuntimeRs = """
        [hypervisor.qemu]
        path = "/opt/kata/bin/qemu-system-x86_64"
        kernel = "/opt/kata/share/kata-containers/vmlinux.container"
        initrd = "/opt/kata/share/kata-containers/initrd.img"
        vm_rootfs_driver = "virtio-pmem"
        seccomp_sandbox = ""
        disable_nesting_checks = true
        default_vcpus = 1.5
        overhead_vcpus = 0.2
        overhead_memory = 32
        network_queues = 1
        dbg_monitor_socket = ""
        guest_swap_path = "/run/kata-containers/swap"

        [hypervisor.qemu.factory]
        enable_template = false
        template_path = "/run/vc/vm/template"

        [agent.kata]
        debug_console_enabled = true
        dial_timeout_ms = 10
        reconnect_timeout_ms = 3000
        create_container_timeout = 30
        container_pipe_size = 1

        [agent.kata.mem_agent]
        mem_agent_enable = false
        compact_force_times = 9223372036854775807

        [runtime]
        name = "virt_container"
        hypervisor_name = "qemu"
        agent_name = "kata"
        log_level = "debug"
        emptydir_mode = "shared-fs"
        shared_mounts = []
        use_passfd_io = false
        """;
}
