namespace Skerry.Sandbox;

/// <summary>A block device of the host that a container is to have.</summary>
/// <param name="Path">Where the container has it.</param>
/// <param name="Number">Which it is on the host.</param>
/// <param name="Writable">Whether the container may write to it.</param>
internal sealed record RequestedDisk(string Path, DeviceNumber Number, bool Writable);
