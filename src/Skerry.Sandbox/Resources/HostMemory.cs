using System.Globalization;

namespace Skerry.Sandbox;

/// <summary>How much memory the host has.</summary>
internal static class HostMemory
{
    private const long KiBPerMiB = 1024;

    /// <summary>In MiB; 0 when the kernel does not say.</summary>
    internal static long TotalMiB() => Parse(File.ReadLines("/proc/meminfo"));

    /// <summary>Reads the lines of /proc/meminfo.</summary>
    internal static long Parse(IEnumerable<string> lines)
    {
        string? line = lines.FirstOrDefault(each => each.StartsWith("MemTotal:", StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kib) ? kib / KiBPerMiB : 0;
    }
}
