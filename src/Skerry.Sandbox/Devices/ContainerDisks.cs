using Skerry.Config;
using Skerry.Core;
using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <summary>The disks of one container, from the machine's choice to the agent's request.</summary>
internal static class ContainerDisks
{
    /// <summary>What a sandbox gets whose configuration does not say: two for network cards, and as a pod some for the disks of later containers.</summary>
    private const uint SlotsOfAll = 2;
    private const uint SlotsOfPods = 6;

    private const string NeedsSlots = "set machine_type = \"q35\" in the configuration of this runtime class, or give the pod the annotation "
        + "io.katacontainers.config.hypervisor.machine_type: q35 where enable_annotations allows it";

    /// <summary>Annotations by which a manager tells that a container is a pod's.</summary>
    private static readonly string[] s_podKeys = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType", "io.kubernetes.docker.type"];

    /// <summary>Chooses a machine that takes disks for a sandbox whose first container has some; a type that the user set stays.</summary>
    /// <exception cref="SkerryException">FailedPrecondition when the user's type takes none and there is no other way.</exception>
    internal static SkerryConfig Choose(SkerryConfig config, LaunchConfig launch)
    {
        HypervisorConfig hypervisor = config.Hypervisor;
        Container? first = launch.First;
        int count = (first?.Disks.Count ?? 0) + (first?.Root is not null && !hypervisor.DisableBlockDeviceUse ? 1 : 0);
        if (first?.Disks.Count > 0 && hypervisor.MachineType == "microvm")
        {
            throw NoSlots(first);
        }

        bool isPod = first is null || s_podKeys.Any(launch.Spec.Annotations.ContainsKey);
        uint slots = Math.Min(SlotsOfAll + (uint)count + (isPod ? SlotsOfPods : 0), Hypervisor.MachineConfig.MostHotPlugSlots);
        return config with
        {
            Hypervisor = hypervisor with
            {
                MachineType = hypervisor.MachineType ?? (count > 0 ? "q35" : null),
                PcieRootPort = hypervisor.PcieRootPort > 0 ? hypervisor.PcieRootPort : slots,
            },
        };
    }

    /// <summary>True when the guest is to mount the container's root itself; a machine without a place for the disk gets it shared.</summary>
    internal static async Task<bool> HasRootDiskAsync(Container container, SandboxLaunch launch, CancellationToken cancellationToken)
    {
        if (container.Root is null)
        {
            return false;
        }

        SandboxGuest guest = await launch.Guest.WaitAsync(cancellationToken).ConfigureAwait(false);
        return !guest.Config.Hypervisor.DisableBlockDeviceUse && guest.Machine.FreeSlots > container.Disks.Count;
    }

    /// <summary>Plugs what <paramref name="container"/> asks for; its undo takes it away again.</summary>
    /// <exception cref="SkerryException">FailedPrecondition on a machine that takes no devices; what <see cref="SandboxDisks.PlugAsync"/> throws.</exception>
    internal static async Task<GuestDisks> PlugAsync(Container container, bool rootOnDisk, SandboxGuest guest, CancellationToken cancellationToken)
    {
        if (container.Disks.Count > 0 && guest.Machine.Slots == 0)
        {
            throw NoSlots(container);
        }

        var devices = new List<Device>();
        foreach (RequestedDisk disk in container.Disks)
        {
            string path = await PlugAsync(container, disk, guest, cancellationToken).ConfigureAwait(false);
            devices.Add(new Device { Id = path, Type = "blk", ContainerPath = disk.Path });
        }

        return new GuestDisks(devices, rootOnDisk ? await PlugRootAsync(container, container.Root!, guest, cancellationToken).ConfigureAwait(false) : null);
    }

    /// <summary>A disk that the guest never found: its console may tell why.</summary>
    internal static SkerryException NotFound(SkerryException error, SandboxGuest guest, int consoleBytes) => new(
        FailureKind.TimedOut,
        $"the guest does not find a disk that was plugged; end of its console:\n{guest.Machine.ConsoleTail(consoleBytes)}",
        "its kernel may lack PCI hot-plug (CONFIG_HOTPLUG_PCI_ACPI or CONFIG_HOTPLUG_PCI_PCIE) or virtio_blk; raise agent.hotplug_timeout (kernel_params) if the disk is slow",
        error);

    private static async Task<Storage> PlugRootAsync(Container container, RequestedRoot root, SandboxGuest guest, CancellationToken cancellationToken)
    {
        string path = await PlugAsync(container, root.Disk, guest, cancellationToken).ConfigureAwait(false);
        var storage = new Storage { Driver = "blk", Source = path, Fstype = root.FileSystem, MountPoint = GuestPaths.DiskRoot(container.Id) };
        storage.Options.Add(root.Options.Where(option => option != "loop"));
        return storage;
    }

    private static async Task<string> PlugAsync(Container container, RequestedDisk disk, SandboxGuest guest, CancellationToken cancellationToken)
    {
        string path = await guest.Disks.PlugAsync(disk, cancellationToken).ConfigureAwait(false);
        container.Undo.Push($"unplug \"{disk.Path}\"", () => guest.Disks.ReleaseAsync(disk));
        return path;
    }

    private static SkerryException NoSlots(Container container)
    {
        RequestedDisk disk = container.Disks[0];
        return new SkerryException(
            FailureKind.FailedPrecondition,
            $"container \"{container.Id}\" asks for block device {disk.Number} of the host as \"{disk.Path}\", but the sandbox's machine is a microvm, which takes no device after its start",
            NeedsSlots);
    }
}
