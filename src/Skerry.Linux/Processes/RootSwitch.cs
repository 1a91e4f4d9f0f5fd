namespace Skerry.Linux;

/// <summary>The directory that becomes a child's root; needs a mount namespace of its own.</summary>
/// <param name="Directory">A path of the parent's view.</param>
/// <param name="ReadOnly">Whether the root mount becomes read-only, mounts on it not included.</param>
/// <param name="Propagation">Propagation of the new root, or None.</param>
public sealed record RootSwitch(string Directory, bool ReadOnly = false, MountFlags Propagation = MountFlags.None);
