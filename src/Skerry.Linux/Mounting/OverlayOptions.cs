using System.Text;

namespace Skerry.Linux;

/// <summary>
/// The options of an overlay mount in a form mount(2) takes, which is one page. Longer ones get their layers named by descriptor, as
/// /proc/self/fd/N, which the kernel resolves at once: this needs no change of the working directory, which belongs to all threads, and no
/// mount call newer than Linux 5.6.
/// </summary>
internal sealed class OverlayOptions : IDisposable
{
    /// <summary>One page without the final NUL.</summary>
    private const int MaxBytes = 4095;
    private const string LowerDir = "lowerdir=";

    private readonly List<FileDescriptor> _layers = [];

    private OverlayOptions(string text) => Text = text;

    /// <summary>The options, valid until disposed.</summary>
    internal string Text { get; private set; }

    /// <summary>Makes <paramref name="options"/> fit; what fits already stays as it is.</summary>
    /// <exception cref="SyscallException">A layer cannot be opened.</exception>
    internal static OverlayOptions Fit(string options)
    {
        var fitting = new OverlayOptions(options);
        if (Encoding.UTF8.GetByteCount(options) <= MaxBytes)
        {
            return fitting;
        }

        try
        {
            fitting.NameLayersByDescriptor();
            return fitting;
        }
        catch (SyscallException)
        {
            fitting.Dispose();
            throw;
        }
    }

    /// <summary>A path as the value of an option.</summary>
    internal static string Escape(string path) => path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);

    /// <summary>A path as one of several in "lowerdir".</summary>
    internal static string EscapeLayer(string path) => Escape(path).Replace(":", "\\:", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _layers.ForEach(layer => layer.Dispose());

    private void NameLayersByDescriptor() => Text = string.Join(',', Split(Text, ',').Select(option =>
        option.StartsWith(LowerDir, StringComparison.Ordinal) ? LowerDir + string.Join(':', Split(option[LowerDir.Length..], ':').Select(Open)) : option));

    private string Open(string escapedPath)
    {
        FileDescriptor layer = FileDescriptor.Open(Unescape(escapedPath), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        _layers.Add(layer);
        return layer.ProcPath;
    }

    /// <summary>Splits where <paramref name="separator"/> is not escaped; escapes stay.</summary>
    private static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == separator)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            i += text[i] == '\\' && i + 1 < text.Length ? 1 : 0;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
