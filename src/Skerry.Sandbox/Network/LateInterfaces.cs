using System.Globalization;
using Skerry.Hypervisor;

namespace Skerry.Sandbox;

/// <summary>What becomes of interfaces that come while a machine runs that cannot take them.</summary>
internal static class LateInterfaces
{
    /// <summary>Why the machine does not take one, and what to set.</summary>
    internal static string WhyNot(IVirtualMachine machine) => machine.Slots == 0
        ? "the machine is a microvm, which takes no device after its start; set machine_type = \"q35\" in the configuration, or make the interface before the sandbox"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"all {machine.Slots} slots of the machine are in use; raise pcie_root_port in the configuration to at most {MachineConfig.MostHotPlugSlots}, or make the interface before the sandbox");
}
