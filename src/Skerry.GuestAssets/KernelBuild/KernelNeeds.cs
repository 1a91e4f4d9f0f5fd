namespace Skerry.GuestAssets.KernelBuild;

/// <summary>What the agent and a pod need of a guest kernel, by the names of its configuration.</summary>
public static class KernelNeeds
{
    private static readonly (string Options, string For)[] s_always =
    [
        ("64BIT", "the agent, a 64-bit program"),
        ("BINFMT_ELF", "running programs"),
        ("PROC_FS", "/proc"),
        ("SYSFS", "/sys"),
        ("TMPFS", "/run and /dev/shm"),
        ("DEVTMPFS", "/dev"),
        ("UNIX", "local sockets"),
        ("NET", "networking"),
        ("INET", "TCP/IP and the loopback interface"),
        ("EPOLL", "the agent"),
        ("EVENTFD", "the agent"),
        ("SIGNALFD", "the agent"),
        ("TIMERFD", "the agent"),
        ("FUTEX", "threads"),
        ("FILE_LOCKING", "locks on files"),
        ("MULTIUSER", "users other than root"),
        ("UNIX98_PTYS", "terminals of containers"),
        ("VIRTIO", "every device"),
        ("VIRTIO_CONSOLE", "the channel to the agent"),
        ("FUSE_FS", "the share with root file systems and volumes"),
        ("VIRTIO_FS", "the share with root file systems and volumes"),
        ("CGROUPS", "limits of containers"),
        ("MEMCG", "memory limits"),
        ("CGROUP_PIDS", "limits on processes"),
        ("CFS_BANDWIDTH", "CPU limits"),
        ("CPUSETS", "pinning to CPUs"),
        ("CGROUP_BPF", "device rules of cgroup v2"),
        ("CGROUP_FREEZER", "pausing containers"),
        ("NAMESPACES", "containers"),
        ("UTS_NS", "host names of containers"),
        ("IPC_NS", "containers"),
        ("PID_NS", "containers"),
        ("NET_NS", "containers"),
        ("USER_NS", "user namespaces"),
        ("SECCOMP_FILTER", "seccomp profiles"),
        ("SERIAL_8250_CONSOLE|SERIAL_AMBA_PL011_CONSOLE", "the console, where a panic is heard"),
    ];

    /// <summary>What <paramref name="config"/> lacks for <paramref name="use"/>, each as in "CONFIG_VIRTIO_FS (the share …)"; empty when it has all.</summary>
    public static IReadOnlyList<string> Missing(KernelConfig config, KernelUse use) =>
        [.. s_always.Concat(ForUse(use)).Where(need => !need.Options.Split('|').Any(config.Has)).Select(Describe)];

    /// <summary>What <paramref name="config"/> lacks that only some containers and pods need, in the same words.</summary>
    public static IReadOnlyList<string> MissingForSome(KernelConfig config, KernelUse use) =>
        [.. ForSome(use).Where(need => !need.Options.Split('|').Any(config.Has)).Select(Describe)];

    /// <summary>What <paramref name="config"/> has only as a module though it is needed before a program could load one.</summary>
    public static IReadOnlyList<string> OnlyAsModule(KernelConfig config, KernelUse use) =>
        [.. Early(use).Where(need => need.Options.Split('|').All(option => config[option] != "y") && need.Options.Split('|').Any(config.Has)).Select(Describe)];

    private static IEnumerable<(string Options, string For)> ForUse(KernelUse use)
    {
        if (use.EntersByPvh)
        {
            yield return ("PVH", "being entered as vmlinux");
        }

        yield return use.MachineType switch
        {
            "microvm" => ("VIRTIO_MMIO", "devices of the machine type microvm"),
            "q35" => ("VIRTIO_PCI", "devices of the machine type q35"),
            _ => ("VIRTIO_MMIO|VIRTIO_PCI", "devices of the machine types microvm and q35"),
        };
        if (use.Vsock)
        {
            yield return ("VIRTIO_VSOCKETS", "vsock");
        }

        foreach ((string Options, string For) need in Early(use).Concat(ForResources(use)))
        {
            yield return need;
        }
    }

    /// <summary>Whether new memory is used at once is not for the kernel's configuration to say: its command line does (memhp_default_state).</summary>
    private static IEnumerable<(string Options, string For)> ForResources(KernelUse use)
    {
        if (use.Grows)
        {
            yield return ("HOTPLUG_CPU", "processors that are plugged");
            yield return ("ACPI_HOTPLUG_CPU", "processors that are plugged");
            yield return ("MEMORY_HOTPLUG", "memory that is plugged");
            yield return use.VirtioMem ? ("VIRTIO_MEM", "memory that is plugged, by virtio-mem") : ("ACPI_HOTPLUG_MEMORY", "memory that is plugged");
        }

        if (use.ReclaimsMemory)
        {
            yield return ("VIRTIO_BALLOON", "giving freed memory back");
            yield return ("PAGE_REPORTING", "giving freed memory back");
        }
    }

    /// <summary>A microvm takes no device after its start.</summary>
    private static IEnumerable<(string Options, string For)> ForSome(KernelUse use) => use.MachineType == "microvm" ? [] :
    [
        ("HOTPLUG_PCI_ACPI|HOTPLUG_PCI_PCIE", "block devices, and interfaces that come later"),
        ("VIRTIO_BLK", "block devices"),
    ];

    private static List<(string Options, string For)> Early(KernelUse use)
    {
        if (use.RootFileSystem is not { } fileSystem)
        {
            return [("BLK_DEV_INITRD", "booting an initramfs")];
        }

        var needs = new List<(string Options, string For)>
        {
            ("VIRTIO_BLK", "the root disk image"),
            (fileSystem.ToUpperInvariant() + "_FS", $"the root disk image's file system {fileSystem}"),
        };
        if (use.Verity)
        {
            needs.Add(("DM_VERITY", "the measured root disk image"));
            needs.Add(("DM_INIT", "setting up the measured root disk image before a program runs"));
        }

        return needs;
    }

    private static string Describe((string Options, string For) need) =>
        $"{string.Join(" or ", need.Options.Split('|').Select(option => "CONFIG_" + option))} ({need.For})";
}
