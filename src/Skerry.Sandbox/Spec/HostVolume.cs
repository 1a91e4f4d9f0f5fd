namespace Skerry.Sandbox;

/// <summary>A file system that the kubelet mounted for a pod's volume.</summary>
/// <param name="FileSystem">Its type, as <c>tmpfs</c>.</param>
/// <param name="Mode">Permissions of its root, with set-id bits: the pod's fsGroup shows here.</param>
/// <param name="Uid">Owner of its root.</param>
/// <param name="Gid">Group of its root.</param>
/// <param name="Options">The file system's own options, as <c>pagesize=2M</c>.</param>
internal sealed record HostVolume(string FileSystem, uint Mode, uint Uid, uint Gid, string Options);
