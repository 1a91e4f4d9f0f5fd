namespace Skerry.Linux;

/// <summary>What mount_setattr(2) sets on and clears from a mount and all mounts below it.</summary>
/// <param name="Set">To set.</param>
/// <param name="Clear">To clear; done first.</param>
public readonly record struct MountAttributes(MountAttribute Set, MountAttribute Clear)
{
    /// <summary>True when nothing changes.</summary>
    public bool IsEmpty => Set == MountAttribute.None && Clear == MountAttribute.None;
}
