namespace Skerry.GuestAssets;

/// <summary>A loadable module with the names of those it needs first.</summary>
/// <param name="Name">With "_" for "-", as the kernel sees it.</param>
/// <param name="Path">Its file on the host, perhaps compressed.</param>
/// <param name="Content">The unpacked ELF file.</param>
/// <param name="Needs">Names of modules to load before this one.</param>
/// <param name="Aliases">Patterns of the devices it drives, as in "virtio:d00000001v*"; empty for one that drives none.</param>
internal sealed record KernelModule(string Name, string Path, byte[] Content, IReadOnlyList<string> Needs, IReadOnlyList<string> Aliases)
{
    /// <summary>Further names by which the kernel asks for it, as in "rtnl-link-bridge".</summary>
    internal IReadOnlyList<string> RequestNames { get; init; } = [];
}
