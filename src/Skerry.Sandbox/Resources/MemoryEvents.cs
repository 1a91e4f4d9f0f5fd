using System.Globalization;

namespace Skerry.Sandbox;

/// <summary>What the host's kernel counts about lack of memory, by cgroup: <c>memory.events</c> of version 2, <c>memory.oom_control</c> of version 1.</summary>
internal static class MemoryEvents
{
    private const string Field = "oom_kill ";
    private static readonly string[] Files = ["memory.events", "memory.oom_control"];

    /// <summary>How many processes of these cgroups the kernel has killed; 0 where it does not say.</summary>
    internal static long OutOfMemoryKills(IEnumerable<string> directories) =>
        directories.SelectMany(directory => Files.Select(file => Path.Combine(directory, file))).Where(File.Exists).Sum(path => Parse(File.ReadAllText(path)));

    /// <summary>Reads the counter from the text of one such file.</summary>
    internal static long Parse(string text)
    {
        string? line = text.Split('\n').FirstOrDefault(each => each.StartsWith(Field, StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(Field.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long kills) ? kills : 0;
    }
}
