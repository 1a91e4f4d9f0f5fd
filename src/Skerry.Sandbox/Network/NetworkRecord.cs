namespace Skerry.Sandbox;

/// <summary>What a sandbox took from a network namespace that somebody else made.</summary>
/// <param name="Path">The namespace's file.</param>
/// <param name="Identity">The namespace's inode: another one may have the same path later.</param>
/// <param name="Links">The interfaces that have queues and filters, or a macvtap, of ours.</param>
/// <param name="Limited">Whether we limit what leaves them.</param>
/// <param name="Devices">Devices that the guest has; null for none. They are the host's, not the namespace's.</param>
public sealed record NetworkRecord(string Path, ulong Identity, IReadOnlyList<LinkRecord> Links, bool Limited, IReadOnlyList<DeviceRecord>? Devices = null);
