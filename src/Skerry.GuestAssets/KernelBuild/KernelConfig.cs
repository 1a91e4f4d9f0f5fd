namespace Skerry.GuestAssets.KernelBuild;

/// <summary>A kernel's configuration, as its build writes it to <c>.config</c>: options with values, each once.</summary>
public sealed class KernelConfig
{
    private const string Prefix = "CONFIG_";
    private const string NotSet = " is not set";
    private readonly Dictionary<string, string> _values;

    private KernelConfig(Dictionary<string, string> values) => _values = values;

    /// <summary>The value of an option without its "CONFIG_": "y", "m", a number, a quoted text; "n" for one that is not set or not there.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "n");

    /// <summary>True for an option that is built in or a module.</summary>
    public bool Has(string name) => this[name] is "y" or "m";

    /// <summary>How many options have a value other than "n".</summary>
    public int Count => _values.Count;

    /// <summary>Reads the text of a <c>.config</c>; lines of another shape are passed over, as the kernel's build does.</summary>
    public static KernelConfig Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            if (TryParseLine(line.TrimEnd('\r'), out string name, out string value) && value != "n")
            {
                values[name] = value;
            }
        }

        return new KernelConfig(values);
    }

    /// <summary>Reads one line, "CONFIG_NAME=value" or "# CONFIG_NAME is not set"; false for any other.</summary>
    internal static bool TryParseLine(string line, out string name, out string value)
    {
        (name, value) = (string.Empty, "n");
        if (line.StartsWith("# " + Prefix, StringComparison.Ordinal) && line.EndsWith(NotSet, StringComparison.Ordinal))
        {
            name = line[(2 + Prefix.Length)..^NotSet.Length];
            return IsName(name);
        }

        int equals = line.IndexOf('=', StringComparison.Ordinal);
        if (!line.StartsWith(Prefix, StringComparison.Ordinal) || equals < 0)
        {
            return false;
        }

        (name, value) = (line[Prefix.Length..equals], line[(equals + 1)..]);
        return IsName(name) && value.Length > 0;
    }

    /// <summary>One line of a <c>.config</c>.</summary>
    internal static string Line(string name, string value) => value == "n" ? $"# {Prefix}{name}{NotSet}" : $"{Prefix}{name}={value}";

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
