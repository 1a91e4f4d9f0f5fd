using Skerry.Config;
using Skerry.Hypervisor;
using Skerry.Vsock;

namespace Skerry.Sandbox;

/// <summary>A machine that was launched and whose agent answers.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Channel">The way into the guest.</param>
/// <param name="Agent">The agent.</param>
/// <param name="Network">The guest's network.</param>
/// <param name="Config">The configuration it was launched with.</param>
/// <param name="Resources">What fits the machine to its containers.</param>
/// <param name="Disks">The machine's disks.</param>
internal sealed record SandboxGuest(
    IVirtualMachine Machine, IGuestChannel Channel, AgentClient Agent, SandboxNetwork Network, SkerryConfig Config, SandboxResources Resources, SandboxDisks Disks);
