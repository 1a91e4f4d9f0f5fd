using System.Globalization;
using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <summary>
/// The places of a machine for devices that come while it runs: PCIe root ports, eight to a device number as functions of it, so that
/// they take little of the root bus. Which ones are taken. Thread-safe.
/// </summary>
internal sealed class QemuSlots(string machineType, int count)
{
    private const int Most = MachineConfig.MostHotPlugSlots;
    private const int PerDevice = 8;

    /// <summary>Counted downwards from here, away from the devices of the start, which QEMU numbers upwards. 1f is the chipset's.</summary>
    private const int LastDevice = 0x1e;

    private readonly HashSet<int> _used = [];

    /// <summary>Slots without a device.</summary>
    internal int Free
    {
        get
        {
            lock (_used)
            {
                return count - _used.Count;
            }
        }
    }

    /// <summary>QEMU's name of a slot: the bus a device is plugged on.</summary>
    internal static string Name(int slot) => string.Create(CultureInfo.InvariantCulture, $"slot{slot}");

    /// <summary>Where the guest finds a device in a slot: the root port's place on the root bus, then the device's behind it.</summary>
    internal static string PciPath(int slot) => $"{Address(slot)}/00";

    /// <summary>QEMU's arguments for <paramref name="count"/> empty slots.</summary>
    internal static IEnumerable<string> Arguments(int count) => Enumerable.Range(0, count).SelectMany(slot => (string[])
    [
        "-device",
        string.Create(
            CultureInfo.InvariantCulture,
            $"pcie-root-port,id={Name(slot)},bus=pcie.0,addr={Address(slot)},multifunction=on,chassis={slot + 1},slot={slot + 1}"),
    ]);

    /// <summary>Takes a slot for a device, which messages call <paramref name="what"/>.</summary>
    /// <exception cref="HypervisorException">ResourceExhausted when all are in use.</exception>
    internal int Take(string what)
    {
        lock (_used)
        {
            int slot = Enumerable.Range(0, count).FirstOrDefault(each => !_used.Contains(each), -1);
            if (slot < 0)
            {
                throw Full(what);
            }

            _used.Add(slot);
            return slot;
        }
    }

    /// <summary>Gives a slot back.</summary>
    internal void Release(int slot)
    {
        lock (_used)
        {
            _used.Remove(slot);
        }
    }

    private static string Address(int slot) => string.Create(CultureInfo.InvariantCulture, $"{LastDevice - (slot / PerDevice):x2}.{slot % PerDevice}");

    private HypervisorException Full(string what)
    {
        string hint = count switch
        {
            0 => "set machine_type = \"q35\" in the configuration; microvm takes no device after its start",
            < Most => string.Create(CultureInfo.InvariantCulture, $"raise pcie_root_port in the configuration to at most {Most}, or use fewer devices"),
            _ => "use fewer devices in one sandbox: no machine has more slots",
        };
        return new HypervisorException(
            FailureKind.ResourceExhausted,
            string.Create(CultureInfo.InvariantCulture, $"the machine ({machineType}) has no free slot for {what}: it would be device {count + 1} of {count} that can be plugged"),
            hint);
    }
}
