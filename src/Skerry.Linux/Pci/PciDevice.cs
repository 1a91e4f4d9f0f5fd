using System.Globalization;

namespace Skerry.Linux.Pci;

/// <summary>One function on the PCI bus. Everything is read when it is asked for, since drivers come and go.</summary>
public sealed partial class PciDevice
{
    /// <summary>The driver through which a VMM has a device (Documentation/driver-api/vfio.rst).</summary>
    public const string VfioDriver = "vfio-pci";

    /// <summary>What the kernel shows for a driver_override that is not set.</summary>
    private const string NoOverride = "(null)";

    private readonly PciBus _bus;
    private readonly string _path;

    internal PciDevice(PciBus bus, PciAddress address)
    {
        _bus = bus;
        _path = bus.DevicePath(address);
        Address = address;
    }

    /// <summary>Where it is.</summary>
    public PciAddress Address { get; }

    /// <summary>False when it was pulled, or its physical function has fewer virtual ones now.</summary>
    public bool Exists => Directory.Exists(_path);

    /// <summary>Vendor and device as people look them up, as in "8086:154c"; empty when it is gone.</summary>
    public string Model => $"{Read("vendor")}:{Read("device")}".Replace("0x", string.Empty, StringComparison.Ordinal) is { Length: > 1 } model ? model : string.Empty;

    /// <summary>The driver that has it; null for none.</summary>
    public string? Driver => Target("driver");

    /// <summary>The only driver that may have it; null when any that knows it may.</summary>
    public string? DriverOverride => Read("driver_override") is { Length: > 0 } name and not NoOverride ? name : null;

    /// <summary>The number of its IOMMU group; null when no IOMMU translates for it.</summary>
    public string? IommuGroup => Target("iommu_group");

    /// <summary>How many virtual functions it has made.</summary>
    public int VirtualFunctionCount => int.TryParse(Read("sriov_numvfs"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;

    /// <summary>Its network interfaces in the network namespace that sysfs was mounted in, also those of a virtio device on it.</summary>
    public IReadOnlyList<string> Interfaces => Exists
        ? [.. Directory.EnumerateDirectories(_path, "virtio*").Append(_path).SelectMany(InterfacesBelow).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The physical function that this one belongs to, and its number there; null for anything else.</summary>
    public (PciDevice Physical, int Number)? VirtualFunction()
    {
        if (!PciAddress.TryParse(Target("physfn"), out PciAddress address))
        {
            return null;
        }

        const string prefix = "virtfn";
        foreach (string link in Directory.EnumerateFileSystemEntries(_bus.DevicePath(address), prefix + "*"))
        {
            if (TargetOf(link) == Address.ToString() && int.TryParse(Path.GetFileName(link)[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return (_bus[address], number);
            }
        }

        return null;
    }

    private static IEnumerable<string> InterfacesBelow(string device)
    {
        string path = Path.Combine(device, "net");
        return Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path).Select(each => Path.GetFileName(each)) : [];
    }

    private string Read(string attribute)
    {
        try
        {
            return File.ReadAllText(Path.Combine(_path, attribute)).Trim();
        }
        catch (IOException)
        {
            return string.Empty; // The device has no such attribute, or has gone.
        }
    }

    private string? Target(string link) => TargetOf(Path.Combine(_path, link));

    private static string? TargetOf(string link) => new FileInfo(link).LinkTarget is { } target ? Path.GetFileName(target) : null;
}
