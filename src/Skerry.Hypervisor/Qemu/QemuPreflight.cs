using Skerry.Core;
using Skerry.Linux.Pci;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Checks a configuration against this host before anything is started, so that each mistake has its own words.</summary>
internal static class QemuPreflight
{
    internal const int MaxVcpus = 255;

    /// <exception cref="HypervisorException">The first thing found wrong.</exception>
    internal static void Check(MachineConfig config)
    {
        QemuPlatform.For(config.MachineType);
        CheckProgram(config.VmmPath);
        CheckFile(config.Kernel, "kernel", "build the guest's assets: skerry image build; or correct kernel in the configuration");
        CheckRoot(config);
        CheckSize(config);
        CheckShares(config);
        VfioPreflight.Check(config, PciBus.Host);
    }

    private static void CheckProgram(string path)
    {
        if (!File.Exists(path))
        {
            throw new HypervisorException(
                FailureKind.HostDenied, $"the VMM \"{path}\" does not exist", "install it (apt-get install qemu-system-x86), or correct path in the configuration");
        }

        UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(path) & execute) == UnixFileMode.None)
        {
            throw new HypervisorException(FailureKind.HostDenied, $"the VMM \"{path}\" is not executable", "chmod +x it, or correct path in the configuration");
        }
    }

    private static void CheckRoot(MachineConfig config)
    {
        if (config.Initrd is not null && config.Image is not null)
        {
            throw new HypervisorException(FailureKind.InvalidArgument, "both initrd and image are set", "set one of them to \"\" in the configuration");
        }

        const string hint = "build the guest's assets: skerry image build; or correct initrd or image in the configuration";
        string? root = config.Initrd ?? config.Image;
        CheckFile(root ?? throw new HypervisorException(FailureKind.InvalidArgument, "neither initrd nor image is set", hint), config.Initrd is null ? "image" : "initrd", hint);
        CheckDisk(config);
    }

    private static void CheckDisk(MachineConfig config)
    {
        if (config.Image is not null)
        {
            RootDiskKernel.Check(config);
        }

        if (!RootDisk.IsMapped(config))
        {
            return;
        }

        if (config.MachineType == QemuPlatform.Microvm.Name)
        {
            throw new HypervisorException(
                FailureKind.InvalidArgument, "machine_type \"microvm\" cannot map the image as persistent memory", "use machine_type \"q35\", or set vm_rootfs_driver to \"\"");
        }

        const long slice = 2 << 20;
        if (new FileInfo(config.Image!).Length % slice != 0)
        {
            throw new HypervisorException(
                FailureKind.InvalidArgument, $"the image \"{config.Image}\" is not a multiple of 2 MiB long, which mapping it needs", "build it with skerry image build, or set vm_rootfs_driver to \"\"");
        }
    }

    private static void CheckSize(MachineConfig config)
    {
        if (config.Vcpus is < 1 or > MaxVcpus || config.MaxVcpus > MaxVcpus)
        {
            throw new HypervisorException(
                FailureKind.InvalidArgument, $"{Math.Max(config.Vcpus, config.MaxVcpus)} virtual CPUs are out of range", $"use 1 to {MaxVcpus}");
        }

        if (config.HotPlugSlots is < 0 or > MachineConfig.MostHotPlugSlots)
        {
            throw new HypervisorException(
                FailureKind.InvalidArgument, $"{config.HotPlugSlots} slots for devices that come later are out of range", $"use 0 to {MachineConfig.MostHotPlugSlots}");
        }

        uint minimum = MinimumMemory.EstimateMiB(config.Kernel, config.Initrd);
        if (config.MemoryMiB < minimum)
        {
            throw new HypervisorException(
                FailureKind.InvalidArgument,
                $"{config.MemoryMiB} MiB of memory are too little to boot this guest kernel and image, which need at least {minimum} MiB",
                $"raise default_memory, or the sandbox's memory limit, to {minimum} or more");
        }
    }

    private static void CheckShares(MachineConfig config)
    {
        foreach (SharedDirectory share in config.SharedDirectories)
        {
            if (!File.Exists(share.SocketPath))
            {
                throw new HypervisorException(
                    FailureKind.FailedPrecondition, $"no virtio-fs daemon listens on \"{share.SocketPath}\" for \"{share.Tag}\"", "start it before the machine");
            }
        }
    }

    private static void CheckFile(string path, string what, string hint)
    {
        if (!File.Exists(path))
        {
            throw new HypervisorException(FailureKind.NotFound, $"the guest's {what} \"{path}\" does not exist", hint);
        }
    }
}
