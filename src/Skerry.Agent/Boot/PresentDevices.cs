using System.IO.Enumeration;
using Skerry.Linux;

namespace Skerry.Agent.Boot;

/// <summary>
/// Which listed modules have a device: "#if PATTERN…" behind the path, each pattern a modalias as in "virtio:d00000001v*".
/// The driver of a device that is not there costs a start several milliseconds and is left out.
/// </summary>
/// <remarks>
/// A graphics driver has hundreds of patterns, and each of the ten modules that it needs has them too: a bus is read once, and a list of
/// patterns looked through once, until a module is loaded, which may bring devices.
/// </remarks>
/// <param name="busRoot">The kernel's directory of buses.</param>
internal sealed class PresentDevices(string busRoot = "/sys/bus")
{
    private const string Marker = "#if ";

    private readonly Dictionary<string, IReadOnlyList<string>> _aliases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _answers = new(StringComparer.Ordinal);

    /// <summary>True when the line of the list names no device, or one that is there now, and where that cannot be told.</summary>
    public bool Include(string line)
    {
        int at = line.IndexOf(Marker, StringComparison.Ordinal);
        if (at < 0)
        {
            return true;
        }

        string patterns = line[(at + Marker.Length)..];
        if (!_answers.TryGetValue(patterns, out bool known))
        {
            _answers[patterns] = known = !Directory.Exists(busRoot)
                || IncludeOneOf(patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        return known;
    }

    /// <summary>From now on looks anew: a module was loaded.</summary>
    public void Forget()
    {
        _aliases.Clear();
        _answers.Clear();
    }

    private bool IncludeOneOf(string[] patterns) => patterns.Length == 0 || patterns.Any(IncludePattern);

    private bool IncludePattern(string pattern)
    {
        string bus = pattern.Split(':', 2)[0].TrimEnd('*');
        if (!bus.All(char.IsAsciiLetterOrDigit))
        {
            return false;
        }

        if (!_aliases.TryGetValue(bus, out IReadOnlyList<string>? aliases))
        {
            _aliases[bus] = aliases = Read(Path.Combine(busRoot, bus, "devices"));
        }

        // Most patterns differ from all devices in what comes before their first wildcard.
        int wildcard = pattern.IndexOf('*', StringComparison.Ordinal);
        string beginning = wildcard < 0 ? pattern : pattern[..wildcard];
        return aliases.Any(alias => alias.StartsWith(beginning, StringComparison.Ordinal) && FileSystemName.MatchesSimpleExpression(pattern, alias, ignoreCase: false));
    }

    private static List<string> Read(string directory)
    {
        var aliases = new List<string>();
        if (Directory.Exists(directory))
        {
            foreach (string device in Directory.EnumerateFileSystemEntries(directory))
            {
                if (KernelFile.TryRead(Path.Combine(device, "modalias"), out _) is { } alias)
                {
                    aliases.Add(alias);
                }
            }
        }

        return aliases;
    }
}
