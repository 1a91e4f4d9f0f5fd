using Skerry.Linux.Pci;

namespace Skerry.Linux.Tests.Pci;

/// <summary>
/// A PCI bus of files, and the part of the kernel that answers when somebody writes to them: it moves driver links and makes the nodes of
/// VFIO, with the errors of drivers/base/bus.c.
/// </summary>
internal sealed class FakePci : IDisposable
{
    internal const string Vfio = "vfio-pci";

    private readonly string _root = Directory.CreateTempSubdirectory("skerry-pci-").FullName;
    private readonly Dictionary<string, string> _native = [];

    internal FakePci()
    {
        Bus = new PciBus(Sysfs, Path.Combine(_root, "dev"), Write);
        Directory.CreateDirectory(Path.Combine(_root, "dev/vfio"));
        File.WriteAllText(Bus.VfioPath, string.Empty);
        AddDriver(Vfio);
    }

    internal PciBus Bus { get; }

    /// <summary>Writes in order, each as "where=what" with the path below the bus.</summary>
    internal List<string> Writes { get; } = [];

    /// <summary>Which writes fail, by the same text, and with what.</summary>
    internal Dictionary<string, Errno> Faults { get; } = [];

    private string Sysfs => Path.Combine(_root, "sys");

    internal static PciAddress At(string address) => PciAddress.TryParse(address, out PciAddress at) ? at : throw new ArgumentException(address);

    internal void AddDriver(string name) => Directory.CreateDirectory(DriverPath(name));

    internal void RemoveDriver(string name) => Directory.Delete(DriverPath(name));

    /// <summary>A device with its driver, in an IOMMU group unless that is null.</summary>
    internal PciDevice Add(string address, string? driver, string? group, string @class = "0x020000")
    {
        Directory.CreateDirectory(Of(address));
        Set(address, "vendor", "0x8086");
        Set(address, "device", "0x154c");
        Set(address, "class", @class);
        Set(address, "driver_override", "(null)");
        if (driver is not null)
        {
            AddDriver(driver);
            _native[address] = driver;
            Link(address, driver);
        }

        if (group is not null)
        {
            string members = Path.Combine(Sysfs, "kernel/iommu_groups", group, "devices");
            Directory.CreateDirectory(members);
            Directory.CreateSymbolicLink(Path.Combine(members, address), $"../../../../bus/pci/devices/{address}");
            Directory.CreateSymbolicLink(Path.Combine(Of(address), "iommu_group"), $"../../../../kernel/iommu_groups/{group}");
        }

        return Bus[At(address)];
    }

    /// <summary>Makes one device a virtual function of another.</summary>
    internal void AddFunction(string physical, int number, string function)
    {
        Directory.CreateSymbolicLink(Path.Combine(Of(physical), $"virtfn{number}"), $"../{function}");
        Directory.CreateSymbolicLink(Path.Combine(Of(function), "physfn"), $"../{physical}");
        Set(physical, "sriov_numvfs", "1");
    }

    /// <summary>The name of the interface that its own driver makes in the host's namespace whenever it gets the device; the first is in a pod's by now.</summary>
    internal Dictionary<string, string> MadeInterfaces { get; } = [];

    internal void AddInterface(string address, string name) => Directory.CreateDirectory(Path.Combine(Of(address), "net", name));

    internal void Set(string address, string attribute, string value) => File.WriteAllText(Path.Combine(Of(address), attribute), value + "\n");

    internal void Remove(string address) => Directory.Delete(Of(address), recursive: true);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Of(string address) => Path.Combine(Sysfs, "bus/pci/devices", address);

    private string DriverPath(string name) => Path.Combine(Sysfs, "bus/pci/drivers", name);

    private void Write(string path, string value)
    {
        string where = Path.GetRelativePath(Path.Combine(Sysfs, "bus/pci"), path);
        string write = $"{where}={value}";
        Writes.Add(write);
        if (Faults.TryGetValue(write, out Errno error) || (error = Apply(where.Split('/'), value)) != Errno.None)
        {
            throw new SyscallException("write", $"\"{value}\" to \"{path}\"", error);
        }
    }

    private Errno Apply(string[] where, string value) => where switch
    {
        ["devices", var address, "driver_override"] => Override(address, value),
        ["drivers", var driver, "unbind"] => Unbind(driver, value),
        ["drivers", var driver, "bind"] => Bind(driver, value),
        ["drivers_probe"] => Probe(value),
        _ => Errno.EACCES,
    };

    private Errno Override(string address, string value)
    {
        if (!Directory.Exists(Of(address)))
        {
            return Errno.ENOENT;
        }

        Set(address, "driver_override", value.Length == 0 ? "(null)" : value);
        return Errno.None;
    }

    private Errno Unbind(string driver, string address)
    {
        if (Bus[At(address)].Driver != driver)
        {
            return Errno.ENODEV;
        }

        File.Delete(Path.Combine(Of(address), "driver"));
        if (driver == Vfio)
        {
            File.Delete(Bus.GroupPath(Bus[At(address)].IommuGroup!));
        }

        return Errno.None;
    }

    private Errno Bind(string driver, string address)
    {
        PciDevice device = Bus[At(address)];
        bool known = device.Exists && Directory.Exists(DriverPath(driver)) && (device.DriverOverride ?? _native.GetValueOrDefault(address)) == driver;
        if (!known || device.Driver is not null)
        {
            return known ? Errno.EBUSY : Errno.ENODEV;
        }

        Link(address, driver);
        if (driver != Vfio && MadeInterfaces.TryGetValue(address, out string? name))
        {
            AddInterface(address, name);
        }

        return Errno.None;
    }

    /// <summary>No driver that fits is no error, as in the kernel.</summary>
    private Errno Probe(string address)
    {
        PciDevice device = Bus[At(address)];
        if (!device.Exists)
        {
            return Errno.EINVAL;
        }

        if ((device.DriverOverride ?? _native.GetValueOrDefault(address)) is { } driver)
        {
            Bind(driver, address);
        }

        return Errno.None;
    }

    private void Link(string address, string driver)
    {
        Directory.CreateSymbolicLink(Path.Combine(Of(address), "driver"), $"../../drivers/{driver}");
        if (driver == Vfio)
        {
            File.WriteAllText(Bus.GroupPath(Bus[At(address)].IommuGroup!), string.Empty);
        }
    }
}
