namespace Skerry.Config.Annotations;

/// <summary>Merges lists of kernel parameters.</summary>
internal static class KernelParameters
{
    /// <summary>The parameters of <paramref name="first"/> without those <paramref name="later"/> names too, then those of <paramref name="later"/>.</summary>
    internal static string Merge(string first, string later)
    {
        HashSet<string> replaced = [.. Split(later).Select(Name)];
        return string.Join(' ', Split(first).Where(parameter => !replaced.Contains(Name(parameter))).Concat(Split(later)));
    }

    /// <summary>Parts at spaces, but not at those between double quotes, as the kernel does.</summary>
    private static IEnumerable<string> Split(string parameters)
    {
        int start = 0;
        bool quoted = false;
        for (int i = 0; i <= parameters.Length; i++)
        {
            if (i < parameters.Length && (quoted || !char.IsWhiteSpace(parameters[i])))
            {
                quoted ^= parameters[i] == '"';
                continue;
            }

            if (i > start)
            {
                yield return parameters[start..i];
            }

            start = i + 1;
        }
    }

    private static string Name(string parameter) => parameter.Split('=', 2)[0];
}
