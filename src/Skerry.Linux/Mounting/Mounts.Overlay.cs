using System.Text;

namespace Skerry.Linux;

/// <summary>Overlay mounts of any number of layers.</summary>
public static partial class Mounts
{
    /// <summary>mount(2) takes one page of options, the final NUL included.</summary>
    private const int MaxOptionBytes = 4095;

    /// <summary>Mounts an overlay at <paramref name="target"/>.</summary>
    /// <param name="target">Where.</param>
    /// <param name="lower">The read-only directories, topmost first, as in the option "lowerdir".</param>
    /// <param name="upper">The directory that takes changes, or null for a read-only overlay of at least two layers.</param>
    /// <param name="work">An empty directory on the file system of <paramref name="upper"/>, or null without one.</param>
    /// <param name="flags">Flags of the mount.</param>
    /// <param name="options">Further options, as "index=off".</param>
    /// <remarks>
    /// Where the options would not fit into a page, the layers are named by descriptor, as /proc/self/fd/N, which the kernel resolves at once:
    /// this needs no change of the working directory, which belongs to all threads, and no mount call newer than Linux 5.6.
    /// </remarks>
    /// <exception cref="SyscallException">ENOENT for a missing directory; EINVAL for more layers than the kernel takes (500).</exception>
    public static void Overlay(
        string target, IReadOnlyList<string> lower, string? upper, string? work, MountFlags flags = MountFlags.None, IEnumerable<string>? options = null)
    {
        string[] rest = [.. options ?? []];
        string data = OverlayData([.. lower.Select(EscapeLayer)], upper, work, rest);
        if (Encoding.UTF8.GetByteCount(data) <= MaxOptionBytes)
        {
            Mount("overlay", target, "overlay", flags, data);
            return;
        }

        var open = new List<FileDescriptor>();
        try
        {
            foreach (string layer in lower)
            {
                open.Add(FileDescriptor.Open(layer, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY));
            }

            Mount("overlay", target, "overlay", flags, OverlayData([.. open.Select(layer => layer.ProcPath)], upper, work, rest));
        }
        finally
        {
            open.ForEach(layer => layer.Dispose());
        }
    }

    private static string OverlayData(string[] lower, string? upper, string? work, string[] rest)
    {
        List<string> parts = [$"lowerdir={string.Join(':', lower)}"];
        if (upper is not null && work is not null)
        {
            parts.Add($"upperdir={EscapeOption(upper)}");
            parts.Add($"workdir={EscapeOption(work)}");
        }

        return string.Join(',', [.. parts, .. rest]);
    }

    private static string EscapeLayer(string path) => EscapeOption(path).Replace(":", "\\:", StringComparison.Ordinal);

    private static string EscapeOption(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
