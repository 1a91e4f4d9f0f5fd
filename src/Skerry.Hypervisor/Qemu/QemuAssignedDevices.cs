using System.Globalization;
using Skerry.Linux.Pci;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Devices of the host as QEMU's arguments: each behind a PCIe root port of its own, as on a real board. Pure.</summary>
/// <remarks>
/// VFIO locks all of the guest's memory on the host, since the device may write anywhere in it. QEMU does that by itself with the memory
/// it has; it needs no further option, but the right to lock (CAP_IPC_LOCK, or RLIMIT_MEMLOCK above the guest's memory).
/// </remarks>
internal static class QemuAssignedDevices
{
    /// <summary>Most devices of a machine: functions of two device numbers.</summary>
    internal const int Most = 2 * PerDevice;

    private const int PerDevice = 8;

    /// <summary>Counted downwards from here, below the two device numbers of the slots for what comes later.</summary>
    private const int LastDevice = 0x1c;

    /// <summary>MiB that are locked in a second, at least: each page is cleared first.</summary>
    private const double LockedMiBPerSecond = 256;

    private static readonly TimeSpan s_resetLimit = TimeSpan.FromSeconds(30);

    /// <summary>How much longer QEMU may take until its monitor answers: it resets the devices and locks all memory before.</summary>
    internal static TimeSpan MoreTime(MachineConfig config) => config.AssignedDevices.Count > 0
        ? s_resetLimit + TimeSpan.FromSeconds(config.MemoryMiB / LockedMiBPerSecond)
        : TimeSpan.Zero;

    /// <summary>The arguments of all devices.</summary>
    internal static IEnumerable<string> Arguments(IReadOnlyList<AssignedDevice> devices) => devices.SelectMany((device, i) => (string[])
    [
        "-device", RootPort(i),
        "-device", string.Create(CultureInfo.InvariantCulture, $"vfio-pci,id={device.Id},{Host(device.Address)},bus={Port(i)},rombar=0"),
    ]);

    /// <summary>Chassis and slot are numbers of the whole board, those of the slots for later come first.</summary>
    private static string RootPort(int index)
    {
        int number = MachineConfig.MostHotPlugSlots + 1 + index;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"pcie-root-port,id={Port(index)},bus=pcie.0,addr={LastDevice - (index / PerDevice):x2}.{index % PerDevice},multifunction=on,chassis={number},slot={number},hotplug=off");
    }

    /// <summary>QEMU reads addresses with a domain of 16 bits only.</summary>
    private static string Host(PciAddress address) => address.Domain <= ushort.MaxValue ? $"host={address}" : $"sysfsdev=/sys/bus/pci/devices/{address}";

    private static string Port(int index) => string.Create(CultureInfo.InvariantCulture, $"port{index}");
}
