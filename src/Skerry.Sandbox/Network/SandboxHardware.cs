using System.Globalization;
using Microsoft.Extensions.Logging;
using Skerry.Config;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Linux;
using Skerry.Linux.Netlink;
using Skerry.Linux.Pci;

namespace Skerry.Sandbox;

/// <summary>The interfaces of a pod that are PCI devices of the host: taken from their drivers for the guest, given back at the end.</summary>
/// <remarks>They leave the pod's namespace with their drivers: nothing that follows the namespace knows them any more.</remarks>
internal sealed class SandboxHardware
{
    private readonly PciBus _bus;
    private readonly SandboxId _sandbox;
    private readonly ILogger _log;
    private readonly Stack<DeviceRecord> _taken = new();

    private SandboxHardware(SandboxId sandbox, NetworkScan scan, PciBus bus, ILogger log)
    {
        HashSet<PciAddress> all = [.. scan.Endpoints.Select(endpoint => endpoint.Pci!.Value)];
        Records = [.. scan.Endpoints.Select(endpoint => DeviceChecks.Describe(bus, endpoint, all))];
        Scan = scan;
        _bus = bus;
        _sandbox = sandbox;
        _log = log;
    }

    /// <summary>What concerns these interfaces, by numbers of our own.</summary>
    internal NetworkScan Scan { get; }

    /// <summary>What the host will miss if nobody gives it back.</summary>
    internal IReadOnlyList<DeviceRecord> Records { get; }

    /// <summary>What the machine gets.</summary>
    internal IReadOnlyList<AssignedDevice> Devices => [.. Scan.Endpoints.Select((endpoint, i) => new AssignedDevice(string.Create(CultureInfo.InvariantCulture, $"hardware{i}"), endpoint.Pci!.Value))];

    /// <summary>Finds the hardware of a scan, and looks whether the guest can have it; takes nothing.</summary>
    /// <exception cref="SkerryException">It cannot, and why.</exception>
    internal static SandboxHardware Of(SandboxId sandbox, NetworkScan whole, HypervisorConfig hypervisor, PciBus bus, ILogger log)
    {
        NetworkScan scan = whole.Hardware();
        if (scan.Endpoints is [{ } first, ..] && hypervisor.MachineType == "microvm")
        {
            throw new SkerryException(
                FailureKind.FailedPrecondition,
                $"interface \"{first.Name}\" (PCI device {first.Pci}) of the pod's network namespace cannot be given to the guest: the machine is a microvm, which has no PCI bus",
                "set machine_type = \"q35\" in the configuration");
        }

        return new SandboxHardware(sandbox, scan, bus, log);
    }

    /// <summary>Chooses a machine with a PCI bus where one is needed; a type that the user set stays.</summary>
    internal SkerryConfig Choose(SkerryConfig config) => Records.Count > 0 ? MachinePlan.OnPci(config) : config;

    /// <summary>Takes everything; what was taken before a failure is given back by <see cref="GiveAllBackAsync"/>.</summary>
    /// <exception cref="SkerryException">The kernel refuses.</exception>
    internal void Take()
    {
        foreach ((Endpoint endpoint, DeviceRecord record) in Scan.Endpoints.Zip(Records))
        {
            PciDevice device = _bus[endpoint.Pci!.Value];
            VirtualFunctionAddress.Keep(device, endpoint, _sandbox, _log);
            _taken.Push(record);
            DeviceHandover.Take(_bus, record);
            Log.HardwareTaken(_log, _sandbox.Value, endpoint.Name, record.Address, device.Model, record.Driver);
        }
    }

    /// <summary>Gives back what was taken, the machine having ended. What fails is logged, and does not keep the rest.</summary>
    /// <param name="space">The pod's namespace; null when it is gone.</param>
    internal async Task GiveAllBackAsync(FileDescriptor? space)
    {
        while (_taken.TryPop(out DeviceRecord? record))
        {
            try
            {
                await GiveBackAsync(_bus, record, space, _sandbox, _log).ConfigureAwait(false);
            }
            catch (SkerryException error)
            {
                Log.StepFailed(_log, _sandbox.Value, "give the network card back", ErrorReport.OneLine(error));
            }
        }
    }

    /// <summary>Gives one device back, and its interface to the pod's namespace where that still is. A device that is gone is logged.</summary>
    /// <exception cref="SkerryException">As for <see cref="DeviceHandover.GiveBack"/>.</exception>
    internal static async Task GiveBackAsync(PciBus bus, DeviceRecord record, FileDescriptor? space, SandboxId sandbox, ILogger log)
    {
        if (!DeviceHandover.GiveBack(bus, record))
        {
            Log.HardwareGone(log, sandbox.Value, record.Interface, record.Address);
            return;
        }

        if (space is null || !PciAddress.TryParse(record.Address, out PciAddress address))
        {
            return;
        }

        using RouteNetlink host = RouteNetlink.Open();
        if (!await InterfaceReturn.RunAsync(host, bus[address], space, record.Interface).ConfigureAwait(false))
        {
            Log.HardwareNotReturned(log, sandbox.Value, record.Interface, record.Address, record.Driver);
        }
    }
}
