namespace Skerry.Config;

/// <summary>Finds the name that was probably meant by a misspelt one.</summary>
internal static class NearestName
{
    /// <summary>The nearest of <paramref name="known"/> by edits; null when none is near: at most a third of its letters.</summary>
    internal static string? Find(string name, IEnumerable<string> known)
    {
        (string? nearest, int edits) = known
            .Select(candidate => (candidate, Distance(name, candidate)))
            .OrderBy(pair => pair.Item2).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return nearest is not null && edits <= Math.Max(1, nearest.Length / 3) ? nearest : null;
    }

    /// <summary>The ending of a message about an unknown name: a question, or nothing.</summary>
    internal static string Question(string name, IEnumerable<string> known) =>
        Find(name, known) is { } nearest ? $"; did you mean \"{nearest}\"?" : string.Empty;

    /// <summary>Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        int[] current = [.. Enumerable.Range(0, b.Length + 1)];
        var next = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            next[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                next[j] = Math.Min(Math.Min(next[j - 1], current[j]) + 1, current[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    next[j] = Math.Min(next[j], previous[j - 2] + 1);
                }
            }

            (previous, current, next) = (current, next, previous);
        }

        return current[b.Length];
    }
}
