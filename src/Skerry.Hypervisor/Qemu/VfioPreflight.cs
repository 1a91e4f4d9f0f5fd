using Skerry.Core;
using Skerry.Linux.Pci;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Checks that this host can give a machine the devices it is to have, so that each mistake has its own words.</summary>
internal static class VfioPreflight
{
    /// <exception cref="HypervisorException">The first thing found wrong.</exception>
    internal static void Check(MachineConfig config, PciBus bus)
    {
        if (config.AssignedDevices.Count == 0)
        {
            return;
        }

        if (QemuPlatform.For(config.MachineType) != QemuPlatform.Q35)
        {
            throw new HypervisorException(
                FailureKind.InvalidArgument,
                $"a machine of type \"{config.MachineType}\" cannot have the device {config.AssignedDevices[0].Address} of the host: it has no PCI bus",
                "set machine_type = \"q35\" in the configuration");
        }

        if (config.AssignedDevices.Count > QemuAssignedDevices.Most)
        {
            throw new HypervisorException(
                FailureKind.InvalidArgument, $"{config.AssignedDevices.Count} devices of the host are more than the {QemuAssignedDevices.Most} a machine can have", "give the sandbox fewer");
        }

        if (!File.Exists(bus.VfioPath))
        {
            throw new HypervisorException(
                FailureKind.HostDenied, $"\"{bus.VfioPath}\" does not exist, by which a machine gets a device of the host", "load the module on the host: modprobe vfio-pci");
        }

        foreach (AssignedDevice device in config.AssignedDevices)
        {
            Check(bus[device.Address], bus);
        }
    }

    private static void Check(PciDevice device, PciBus bus)
    {
        if (!device.Exists)
        {
            throw new HypervisorException(FailureKind.NotFound, $"there is no PCI device {device.Address} on this host", "see: lspci -D");
        }

        if (device.Driver is not PciDevice.VfioDriver)
        {
            throw new HypervisorException(
                FailureKind.FailedPrecondition,
                $"the PCI device {device.Address} has {(device.Driver is { } driver ? $"the driver {driver}" : "no driver")}, not {PciDevice.VfioDriver}",
                "the device must be bound to it before the machine starts");
        }

        string path = bus.GroupPath(device.IommuGroup ?? string.Empty);
        if (device.IommuGroup is null || !File.Exists(path))
        {
            throw new HypervisorException(
                FailureKind.HostDenied,
                $"the PCI device {device.Address} is bound to {PciDevice.VfioDriver}, but \"{path}\" does not exist",
                "boot the host with intel_iommu=on or amd_iommu=on; in a container mount the host's /dev/vfio");
        }
    }
}
