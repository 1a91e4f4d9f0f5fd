using System.IO.Enumeration;

namespace Skerry.Agent.Boot;

/// <summary>
/// The devices a listed module is for: "#if PATTERN…" behind its path, each pattern a modalias as in "virtio:d00000001v*".
/// The driver of a device that is not there costs a start several milliseconds and is left out.
/// </summary>
/// <param name="patterns">Patterns of which one must match a device; none means always.</param>
/// <param name="busRoot">The kernel's directory of buses.</param>
internal sealed class ModuleCondition(IReadOnlyList<string> patterns, string busRoot = "/sys/bus")
{
    private const string Marker = "#if ";

    /// <summary>The condition of a line of the list.</summary>
    public static ModuleCondition Of(string line, string busRoot = "/sys/bus")
    {
        int at = line.IndexOf(Marker, StringComparison.Ordinal);
        string[] patterns = at < 0 ? [] : line[(at + Marker.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new ModuleCondition(patterns, busRoot);
    }

    /// <summary>True when a device is there now, and where that cannot be told.</summary>
    public bool IsMet() => patterns.Count == 0 || !Directory.Exists(busRoot) || patterns.Any(HasDevice);

    private bool HasDevice(string pattern)
    {
        string bus = pattern.Split(':', 2)[0].TrimEnd('*');
        string devices = Path.Combine(busRoot, bus, "devices");
        return bus.All(char.IsAsciiLetterOrDigit) && Directory.Exists(devices) && Directory.EnumerateFileSystemEntries(devices).Any(device => Matches(device, pattern));
    }

    private static bool Matches(string device, string pattern)
    {
        string path = Path.Combine(device, "modalias");
        return File.Exists(path) && FileSystemName.MatchesSimpleExpression(pattern, File.ReadAllText(path).Trim(), ignoreCase: false);
    }
}
