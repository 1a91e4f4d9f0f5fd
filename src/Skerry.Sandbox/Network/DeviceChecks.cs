using Skerry.Core;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>Whether a network card can be a guest's alone, looked at before anything is taken, so that each obstacle has its own words.</summary>
/// <remarks>Documentation/driver-api/vfio.rst: a group is a guest's as a whole, or nobody's.</remarks>
internal static class DeviceChecks
{
    /// <summary>Drivers beside VFIO's that may keep a device of a group a guest has: they do no DMA for anybody.</summary>
    private static readonly string[] Harmless = ["pci-stub", "pcieport"];

    /// <summary>Describes a device as it is, for the way back.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="endpoint">Its interface.</param>
    /// <param name="taken">All devices the guest is to have: they may share a group.</param>
    /// <exception cref="SkerryException">Why it cannot be taken, and what to do.</exception>
    internal static DeviceRecord Describe(PciBus bus, Endpoint endpoint, IReadOnlySet<PciAddress> taken)
    {
        PciDevice device = bus[endpoint.Pci!.Value];
        string driver = device.Driver
            ?? throw Refuse(endpoint, FailureKind.FailedPrecondition, device.Exists ? "it has no driver" : "it is not on the PCI bus", "see: lspci -Dk");
        RequireOneInterface(device, endpoint);
        RequireVfio(bus, endpoint);
        RequireWholeGroup(bus, device, endpoint, taken);
        return new DeviceRecord(device.Address.ToString(), driver, device.DriverOverride, endpoint.Name);
    }

    /// <summary>Its own has left for the pod's namespace, and sysfs shows the host's.</summary>
    private static void RequireOneInterface(PciDevice device, Endpoint endpoint)
    {
        if (device.Interfaces is { Count: > 0 } others)
        {
            throw Refuse(endpoint, FailureKind.FailedPrecondition, $"it also has the interface {string.Join(", ", others)} of the host", "hand over a virtual function (SR-IOV) instead");
        }

        if (device.VirtualFunctionCount is > 0 and int count)
        {
            throw Refuse(endpoint, FailureKind.FailedPrecondition, $"it is the card of {count} virtual functions, which would go with it", "hand over one of the virtual functions instead");
        }
    }

    private static void RequireVfio(PciBus bus, Endpoint endpoint)
    {
        const string hint = "load the module on the host: modprobe vfio-pci";
        if (!bus.HasDriver(PciDevice.VfioDriver))
        {
            throw Refuse(endpoint, FailureKind.HostDenied, $"the host's kernel has no driver {PciDevice.VfioDriver}", hint);
        }

        if (!File.Exists(bus.VfioPath))
        {
            throw Refuse(endpoint, FailureKind.HostDenied, $"\"{bus.VfioPath}\" does not exist", hint + "; in a container mount the host's /dev/vfio");
        }
    }

    private static void RequireWholeGroup(PciBus bus, PciDevice device, Endpoint endpoint, IReadOnlySet<PciAddress> taken)
    {
        string group = device.IommuGroup ?? throw Refuse(
            endpoint, FailureKind.HostDenied, "it is in no IOMMU group, so nothing would keep the guest from the host's memory", "boot the host with intel_iommu=on or amd_iommu=on, and switch the IOMMU on in its firmware");
        string[] others =
        [
            .. bus.GroupMembers(group).Where(member => member != device.Address && !taken.Contains(member))
                .Select(member => bus[member]).Where(member => !IsHarmless(member.Driver)).Select(member => $"{member.Address} ({member.Driver})"),
        ];
        if (others.Length > 0)
        {
            throw Refuse(
                endpoint, FailureKind.FailedPrecondition, $"its IOMMU group {group} also has {string.Join(", ", others)}, which the host uses", "bind those to vfio-pci too, or use a card in a slot that has a group of its own");
        }
    }

    private static bool IsHarmless(string? driver) => driver is null || driver.StartsWith("vfio", StringComparison.Ordinal) || Harmless.Contains(driver);

    private static SkerryException Refuse(Endpoint endpoint, FailureKind kind, string reason, string hint) => new(
        kind, $"interface \"{endpoint.Name}\" (PCI device {endpoint.Pci}) of the pod's network namespace cannot be given to the guest: {reason}", hint);
}
