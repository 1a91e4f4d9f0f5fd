using System.Text;

namespace Skerry.Linux.Pci;

/// <summary>The PCI bus as sysfs shows it, and the device nodes of VFIO. Where both are can be chosen, so that tests need no hardware.</summary>
/// <remarks>Documentation/PCI/sysfs-pci.rst, Documentation/ABI/testing/sysfs-bus-pci, Documentation/driver-api/vfio.rst.</remarks>
/// <param name="sysfs">Where sysfs is mounted.</param>
/// <param name="devices">Where device nodes are.</param>
/// <param name="write">Writes a value to a file of sysfs; null for the kernel's way.</param>
public sealed class PciBus(string sysfs, string devices, Action<string, string>? write = null)
{
    private readonly Action<string, string> _write = write ?? WriteAttribute;

    /// <summary>This host's.</summary>
    public static PciBus Host { get; } = new("/sys", "/dev");

    /// <summary>The node through which a program uses VFIO at all; the kernel makes it when the module vfio is loaded.</summary>
    public string VfioPath => Path.Combine(devices, "vfio/vfio");

    /// <summary>The node of an IOMMU group; there while a driver of VFIO has a device of the group.</summary>
    public string GroupPath(string group) => Path.Combine(devices, "vfio", group);

    /// <summary>The device at an address, whether it exists or not.</summary>
    public PciDevice this[PciAddress address] => new(this, address);

    /// <summary>True when the kernel has that driver, built in or loaded.</summary>
    public bool HasDriver(string driver) => Directory.Exists(DriverPath(driver));

    /// <summary>The devices of an IOMMU group: what DMA of one could reach through another.</summary>
    public IReadOnlyList<PciAddress> GroupMembers(string group)
    {
        string path = Path.Combine(sysfs, "kernel/iommu_groups", group, "devices");
        return [.. Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName).Order(StringComparer.Ordinal).Select(Parse).OfType<PciAddress>()];
    }

    internal string DevicePath(PciAddress address) => Path.Combine(sysfs, "bus/pci/devices", address.ToString());

    internal string DriverPath(string driver) => Path.Combine(sysfs, "bus/pci/drivers", driver);

    /// <summary>Asks the kernel to look for a driver of a device that has none.</summary>
    internal void Probe(PciAddress address) => Write(Path.Combine(sysfs, "bus/pci/drivers_probe"), address.ToString());

    internal void Write(string path, string value) => _write(path, value);

    private static PciAddress? Parse(string? name) => PciAddress.TryParse(name, out PciAddress address) ? address : null;

    /// <summary>Attributes of sysfs take a value in one write(2), which fails with what the driver says.</summary>
    private static void WriteAttribute(string path, string value)
    {
        using FileDescriptor file = FileDescriptor.Open(path, OpenFlags.O_WRONLY);
        if (file.TryWrite(Encoding.ASCII.GetBytes(value + "\n"), out Errno error) < 0)
        {
            throw new SyscallException("write", $"\"{value}\" to \"{path}\"", error);
        }
    }
}
