namespace Skerry.Agent.Boot;

/// <summary>
/// The modules that wait in an initramfs, by every name they are asked for: a line each, "NAME NEED,NEED… ALIAS…", with "-" for one
/// that needs no other. As with modprobe(8), "-" and "_" in a name are the same.
/// </summary>
internal sealed class ModuleIndex
{
    private readonly Dictionary<string, string> _modulesByName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _needs = new(StringComparer.Ordinal);

    private ModuleIndex()
    {
    }

    /// <summary>Reads the lines of an index; one that says nothing is passed over.</summary>
    internal static ModuleIndex Parse(IEnumerable<string> lines)
    {
        var index = new ModuleIndex();
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2)
            {
                index.Add(words[0], words[1], words[2..]);
            }
        }

        return index;
    }

    /// <summary>The modules to load for what <paramref name="asked"/> names, each after what it needs; empty for a name that is not known.</summary>
    internal IReadOnlyList<string> LoadOrder(string asked)
    {
        var order = new List<string>();
        if (_modulesByName.TryGetValue(Normalize(asked), out string? module))
        {
            Append(module, order, []);
        }

        return order;
    }

    private void Add(string module, string needs, string[] aliases)
    {
        _needs[module] = needs == "-" ? [] : needs.Split(',', StringSplitOptions.RemoveEmptyEntries);
        _modulesByName[Normalize(module)] = module;
        foreach (string alias in aliases)
        {
            _modulesByName.TryAdd(Normalize(alias), module);
        }
    }

    /// <summary>What the index does not have is built in, and needs no loading.</summary>
    private void Append(string module, List<string> order, HashSet<string> seen)
    {
        if (!seen.Add(module) || !_needs.TryGetValue(module, out string[]? needs))
        {
            return;
        }

        foreach (string need in needs)
        {
            Append(need, order, seen);
        }

        order.Add(module);
    }

    private static string Normalize(string name) => name.Replace('-', '_');
}
