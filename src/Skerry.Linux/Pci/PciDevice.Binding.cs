namespace Skerry.Linux.Pci;

/// <content>Which driver has the device. An unbind returns when the driver has let go: of VFIO's, when nobody uses the device any more.</content>
public sealed partial class PciDevice
{
    /// <summary>Takes it from its driver, whose interfaces, disks and so on go; nothing when it has none.</summary>
    /// <exception cref="SyscallException">EACCES; ENODEV: the driver has let go of it by itself meanwhile.</exception>
    public void Unbind()
    {
        if (Driver is { } driver)
        {
            _bus.Write(Path.Combine(_bus.DriverPath(driver), "unbind"), Address.ToString());
        }
    }

    /// <summary>Lets only that driver have it from now on; null lets every driver that knows it.</summary>
    /// <exception cref="SyscallException">EACCES; ENOENT: it is gone.</exception>
    public void SetDriverOverride(string? driver) => _bus.Write(Path.Combine(_path, "driver_override"), driver ?? string.Empty);

    /// <summary>Has the kernel find a driver for it; without an override the first that knows it.</summary>
    /// <exception cref="SyscallException">What the driver's probe says; EINVAL: it is gone.</exception>
    public void Probe() => _bus.Probe(Address);

    /// <summary>Gives it to a driver that knows it.</summary>
    /// <exception cref="SyscallException">ENODEV: the driver does not know it; EBUSY: another one has it; else what the driver's probe says.</exception>
    public void Bind(string driver) => _bus.Write(Path.Combine(_bus.DriverPath(driver), "bind"), Address.ToString());
}
