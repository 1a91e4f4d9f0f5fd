namespace Skerry.GuestAssets;

/// <summary>What a kernel file says about itself.</summary>
/// <param name="Format">How it is packed.</param>
/// <param name="Architecture">As uname -m says it; empty when unknown.</param>
/// <param name="Version">The release, as in "6.1.0-56-cloud-amd64"; empty when the file does not say.</param>
/// <param name="HasPvhEntry">An ELF kernel that can be entered without firmware (CONFIG_PVH); false for other formats.</param>
public sealed record KernelDescription(KernelFormat Format, string Architecture, string Version, bool HasPvhEntry);
