using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <summary>What differs between the two machine types we drive: how the board is made and on which bus virtio devices sit.</summary>
/// <param name="Name">"microvm" or "q35".</param>
/// <param name="VirtioSuffix">What a virtio device's model name ends with on this board.</param>
/// <param name="MachineOptions">Options of the board that we always set.</param>
/// <param name="Globals">Defaults of devices that this board needs otherwise.</param>
/// <param name="KernelParameters">What the guest's kernel need not look for on this board.</param>
internal sealed record QemuPlatform(string Name, string VirtioSuffix, string MachineOptions, IReadOnlyList<string> Globals, string KernelParameters)
{
    /// <summary>No PCI, no legacy timers; devices are found through ACPI, since Debian's kernels do not read them from the command line.</summary>
    internal static readonly QemuPlatform Microvm = new(
        "microvm",
        "device",
        "acpi=on,rtc=on,pit=off,pic=off,isa-serial=on,auto-kernel-cmdline=on",
        ["virtio-mmio.force-legacy=false"], // vhost-user devices speak virtio 1 only.
        "");

    /// <summary>PCI Express, without the disk, bus and keyboard controllers that nobody here uses.</summary>
    internal static readonly QemuPlatform Q35 = new("q35", "pci", "sata=off,smbus=off,vmport=off,i8042=off", [], "pci=lastbus=0");

    /// <summary>The platform of a configured machine type; versioned names of q35 are accepted.</summary>
    /// <exception cref="HypervisorException">InvalidArgument for any other.</exception>
    internal static QemuPlatform For(string machineType)
    {
        if (machineType == Microvm.Name)
        {
            return Microvm;
        }

        return machineType == Q35.Name || machineType.StartsWith("pc-q35-", StringComparison.Ordinal)
            ? Q35
            : throw new HypervisorException(FailureKind.InvalidArgument, $"machine_type \"{machineType}\" is not supported with QEMU", "use \"microvm\" or \"q35\"");
    }
}
