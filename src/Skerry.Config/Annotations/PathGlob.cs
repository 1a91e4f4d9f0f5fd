namespace Skerry.Config.Annotations;

/// <summary>
/// The globs of the <c>valid_*</c> lists: <c>*</c> and <c>?</c> within one name, <c>[abc]</c> and <c>[a-z]</c> for one character.
/// The path must be in its plain form and must exist, so that no link or <c>..</c> leads elsewhere unseen by the pattern.
/// </summary>
internal static class PathGlob
{
    /// <summary>True when an existing <paramref name="path"/>, written plainly, matches one of <paramref name="globs"/>.</summary>
    internal static bool Allows(IReadOnlyList<string> globs, string path) =>
        IsPlain(path) && Path.Exists(path) && globs.Any(glob => Matches(glob, path));

    /// <summary>True when the whole of <paramref name="path"/> matches <paramref name="glob"/>.</summary>
    internal static bool Matches(ReadOnlySpan<char> glob, ReadOnlySpan<char> path)
    {
        while (!glob.IsEmpty)
        {
            if (glob[0] == '*')
            {
                return MatchesStar(glob[1..], path);
            }

            if (path.IsEmpty || !MatchesOne(ref glob, path[0]))
            {
                return false;
            }

            path = path[1..];
        }

        return path.IsEmpty;
    }

    private static bool IsPlain(string path) => path.StartsWith('/') && Path.GetFullPath(path) == path;

    private static bool MatchesStar(ReadOnlySpan<char> rest, ReadOnlySpan<char> path)
    {
        int end = path.IndexOf('/') is var slash and >= 0 ? slash : path.Length;
        for (int taken = 0; taken <= end; taken++)
        {
            if (Matches(rest, path[taken..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Matches one character against the start of <paramref name="glob"/>, and takes that from it.</summary>
    private static bool MatchesOne(ref ReadOnlySpan<char> glob, char c)
    {
        int close = glob[0] == '[' ? glob.IndexOf(']') : -1;
        if (close > 1)
        {
            bool found = IsInSet(glob[1..close], c) && c != '/';
            glob = glob[(close + 1)..];
            return found;
        }

        bool same = glob[0] == '?' ? c != '/' : glob[0] == c;
        glob = glob[1..];
        return same;
    }

    private static bool IsInSet(ReadOnlySpan<char> set, char c)
    {
        bool negated = set[0] is '^' or '!' && set.Length > 1;
        set = negated ? set[1..] : set;
        bool found = false;
        for (int i = 0; i < set.Length; i++)
        {
            bool isRange = i + 2 < set.Length && set[i + 1] == '-';
            found |= isRange ? c >= set[i] && c <= set[i + 2] : c == set[i];
            i += isRange ? 2 : 0;
        }

        return found != negated;
    }
}
