using Skerry.Protocols.Agent;

namespace Skerry.Sandbox;

/// <summary>A container's plugged disks, in the words of the agent.</summary>
/// <param name="Devices">Those it has as devices: what the agent is to find and to number.</param>
/// <param name="Root">The one its root file system is on; null for a root that is shared.</param>
internal sealed record GuestDisks(IReadOnlyList<Device> Devices, Storage? Root)
{
    /// <summary>True when the guest is to find a disk.</summary>
    internal bool Any => Devices.Count > 0 || Root is not null;
}
