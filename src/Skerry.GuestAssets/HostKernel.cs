namespace Skerry.GuestAssets;

/// <summary>A kernel on this host that can be a guest's: its image and its modules.</summary>
/// <param name="Version">The release, as in "6.1.0-56-cloud-amd64".</param>
/// <param name="ImagePath">Its vmlinux or bzImage.</param>
/// <param name="ModulesDirectory">Its modules; null for a kernel that has all it needs built in.</param>
public sealed record HostKernel(string Version, string ImagePath, string? ModulesDirectory);
