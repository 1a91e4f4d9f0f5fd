using Skerry.Linux.Pci;

namespace Skerry.Hypervisor;

/// <summary>A PCI device of the host that a machine has for itself from its start on, by VFIO.</summary>
/// <param name="Id">Its name in the VMM, as in "net1"; unique in the machine.</param>
/// <param name="Address">Where it is on the host. It is bound to vfio-pci before the start and stays the caller's to bind back.</param>
public sealed record AssignedDevice(string Id, PciAddress Address);
