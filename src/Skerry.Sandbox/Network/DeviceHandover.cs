using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>Takes a device from its driver for a guest, and gives it back.</summary>
/// <remarks>
/// By driver_override, so that no other device of the same model is drawn along (Documentation/ABI/testing/sysfs-bus-pci). Each step can be
/// the last one before a crash: giving back looks at what is, and does what is missing.
/// </remarks>
internal static class DeviceHandover
{
    /// <summary>Takes it. The record is on disk by then; whoever calls gives it back when this fails.</summary>
    /// <exception cref="SkerryException">The kernel refuses, or binds it to another driver.</exception>
    internal static void Take(PciBus bus, DeviceRecord record)
    {
        PciDevice device = Find(bus, record);
        device.SetDriverOverride(PciDevice.VfioDriver);
        device.Unbind();
        device.Probe();
        if (device.Driver is not PciDevice.VfioDriver)
        {
            throw new SkerryException(
                FailureKind.FailedPrecondition, $"the kernel has not bound the PCI device {record.Address} to {PciDevice.VfioDriver}: it has {device.Driver ?? "no driver"}", "see the kernel's log: dmesg");
        }

        string path = bus.GroupPath(device.IommuGroup ?? string.Empty);
        if (!File.Exists(path))
        {
            throw new SkerryException(FailureKind.HostDenied, $"the PCI device {record.Address} is bound to {PciDevice.VfioDriver}, but \"{path}\" does not exist", "in a container mount the host's /dev/vfio");
        }
    }

    /// <summary>Gives it back; idempotent. False when it is not there any more. One that has a third driver by now is somebody else's and stays.</summary>
    /// <exception cref="SkerryException">It is in use, or its driver does not take it back; with what to do by hand.</exception>
    internal static bool GiveBack(PciBus bus, DeviceRecord record)
    {
        PciDevice device = Find(bus, record);
        if (!device.Exists)
        {
            return false;
        }

        try
        {
            LeaveVfio(bus, device, record);
            if (device.Driver is null)
            {
                device.Bind(record.Driver);
            }

            return true;
        }
        catch (SyscallException error)
        {
            throw new SkerryException(
                error.Kind,
                $"cannot bind the PCI device {record.Address} (interface \"{record.Interface}\") back to {record.Driver}",
                $"load that driver, then: echo {record.Address} > /sys/bus/pci/drivers/{record.Driver}/bind",
                error);
        }
    }

    private static void LeaveVfio(PciBus bus, PciDevice device, DeviceRecord record)
    {
        bool isBound = device.Driver is PciDevice.VfioDriver;
        if (isBound)
        {
            RequireUnused(bus, device);
        }

        if (device.DriverOverride is PciDevice.VfioDriver)
        {
            device.SetDriverOverride(record.DriverOverride);
        }

        if (isBound)
        {
            device.Unbind();
        }
    }

    /// <summary>A group has one user at a time. To unbind a device in use would wait for that one, without an end.</summary>
    private static void RequireUnused(PciBus bus, PciDevice device)
    {
        string path = bus.GroupPath(device.IommuGroup ?? string.Empty);
        using FileDescriptor? group = FileDescriptor.TryOpen(path, OpenFlags.O_RDWR, 0, out Errno error);
        if (group is null && error == Errno.EBUSY)
        {
            throw new SyscallException("open", $"\"{path}\"", error, "another program has the device; end it first");
        }
    }

    private static PciDevice Find(PciBus bus, DeviceRecord record) => PciAddress.TryParse(record.Address, out PciAddress address)
        ? bus[address]
        : throw new SkerryException(FailureKind.InvalidArgument, $"\"{record.Address}\" is no address of a PCI device");
}
