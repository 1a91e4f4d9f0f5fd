namespace Skerry.Linux;

/// <summary>Overlay mounts of any number of layers.</summary>
public static partial class Mounts
{
    /// <summary>Mounts an overlay at <paramref name="target"/>.</summary>
    /// <param name="target">Where.</param>
    /// <param name="lower">The read-only directories, topmost first, as in the option "lowerdir".</param>
    /// <param name="upper">The directory that takes changes, or null for a read-only overlay of at least two layers.</param>
    /// <param name="work">An empty directory on the file system of <paramref name="upper"/>, or null without one.</param>
    /// <param name="flags">Flags of the mount.</param>
    /// <exception cref="SyscallException">ENOENT for a missing directory; EINVAL for more layers than the kernel takes (500).</exception>
    public static void Overlay(string target, IReadOnlyList<string> lower, string? upper, string? work, MountFlags flags = MountFlags.None) =>
        Mount("overlay", target, "overlay", flags, string.Join(',', OverlayOptions(lower, upper, work)));

    /// <summary>The options of an overlay, with colons, commas and backslashes of paths escaped; they may be longer than mount(2) takes.</summary>
    /// <remarks><see cref="Mount"/> copes with their length; so do container engines.</remarks>
    public static IReadOnlyList<string> OverlayOptions(IReadOnlyList<string> lower, string? upper, string? work)
    {
        string layers = $"lowerdir={string.Join(':', lower.Select(Linux.OverlayOptions.EscapeLayer))}";
        return upper is null || work is null
            ? [layers]
            : [layers, $"upperdir={Linux.OverlayOptions.Escape(upper)}", $"workdir={Linux.OverlayOptions.Escape(work)}"];
    }
}
