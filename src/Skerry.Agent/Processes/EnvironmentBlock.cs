namespace Skerry.Agent.Processes;

/// <summary>The environment of a process as it goes to execve: the last of two entries of a name wins, HOME is filled in.</summary>
internal static class EnvironmentBlock
{
    /// <summary>Where commands are searched when the process names no PATH of its own.</summary>
    public const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Builds the block from <c>NAME=value</c> entries; entries without <c>=</c> or with an empty name are dropped, as runc does.</summary>
    public static IReadOnlyList<string> Build(IEnumerable<string> entries, string home)
    {
        var order = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string entry in entries)
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                continue;
            }

            string name = entry[..equals];
            if (!values.ContainsKey(name))
            {
                order.Add(name);
            }

            values[name] = entry[(equals + 1)..];
        }

        if (values.GetValueOrDefault("HOME") is not { Length: > 0 })
        {
            order.Remove("HOME");
            order.Add("HOME");
            values["HOME"] = home;
        }

        return [.. order.Select(name => $"{name}={values[name]}")];
    }

    /// <summary>The value of <paramref name="name"/> in a block, or null.</summary>
    public static string? Find(IEnumerable<string> block, string name)
    {
        string prefix = name + "=";
        return block.LastOrDefault(e => e.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
    }
}
