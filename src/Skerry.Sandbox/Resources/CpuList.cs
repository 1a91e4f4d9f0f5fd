using System.Globalization;

namespace Skerry.Sandbox;

/// <summary>A list of processors as cgroups write it: <c>0-3,6</c>.</summary>
internal static class CpuList
{
    /// <summary>More than Linux has on any machine (CONFIG_NR_CPUS).</summary>
    private const int Most = 8192;

    /// <summary>The processors, each once and in order; none for a text that is no such list.</summary>
    internal static IReadOnlyList<int> Parse(string? text)
    {
        var cpus = new SortedSet<int>();
        foreach (string part in (text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-', 2);
            if (!TryParse(ends[0], out int first) || !TryParse(ends[^1], out int last))
            {
                return [];
            }

            cpus.UnionWith(Enumerable.Range(first, Math.Max(0, last - first + 1)));
        }

        return [.. cpus];
    }

    /// <summary>The list of <paramref name="numbers"/>, which are in order, each once.</summary>
    internal static string Format(IReadOnlyList<int> numbers)
    {
        var parts = new List<string>();
        for (int i = 0; i < numbers.Count; i++)
        {
            int first = numbers[i];
            while (i + 1 < numbers.Count && numbers[i + 1] == numbers[i] + 1)
            {
                i++;
            }

            string range = numbers[i] == first ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"-{numbers[i]}");
            parts.Add(first.ToString(CultureInfo.InvariantCulture) + range);
        }

        return string.Join(',', parts);
    }

    private static bool TryParse(string text, out int cpu) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cpu) && cpu < Most;
}
