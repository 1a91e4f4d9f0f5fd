using Skerry.GuestAssets.Rootfs;

namespace Skerry.GuestAssets.Disks;

/// <summary>One file system to make.</summary>
/// <param name="Tree">What goes in.</param>
/// <param name="Path">The file to make.</param>
/// <param name="WorkDirectory">A directory for what is needed on the way; its owner removes it.</param>
/// <param name="Uuid">The file system's identity: the same for the same content.</param>
/// <param name="Epoch">The time of everything in it, in seconds since 1970.</param>
internal sealed record FileSystemRequest(RootfsTree Tree, string Path, string WorkDirectory, Guid Uuid, long Epoch);
