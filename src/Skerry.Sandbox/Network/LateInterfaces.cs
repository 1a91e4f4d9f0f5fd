using System.Globalization;
using Skerry.Hypervisor;

namespace Skerry.Sandbox;

/// <summary>What becomes of interfaces that come while a machine runs.</summary>
internal static class LateInterfaces
{
    /// <summary>Why the machine does not take one, and what to set; null when it does.</summary>
    internal static string? WhyNot(IVirtualMachine machine, Endpoint endpoint) => (endpoint.Kind, machine.FreeSlots, machine.Slots) switch
    {
        (EndpointKind.Hardware, _, _) => "hardware is given to a machine before its start only; move it into the namespace before the sandbox starts",
        (_, > 0, _) => null,
        (_, _, 0) => "the machine is a microvm, which takes no device after its start; set machine_type = \"q35\" in the configuration, or make the interface before the sandbox",
        (_, _, int slots) => string.Create(
            CultureInfo.InvariantCulture,
            $"all {slots} slots of the machine are in use; raise pcie_root_port in the configuration to at most {MachineConfig.MostHotPlugSlots}, or make the interface before the sandbox"),
    };
}
