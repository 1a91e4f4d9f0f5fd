namespace Skerry.Agent.Boot;

/// <summary>The kernel's command line as name and value pairs, in order; a later value of a name wins.</summary>
/// <remarks>Values may be quoted with <c>"</c>, as the kernel's own parser allows (Documentation/admin-guide/kernel-parameters.rst).</remarks>
internal sealed class KernelParameters
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);

    private KernelParameters()
    {
    }

    /// <summary>Reads the parameters out of the text of /proc/cmdline.</summary>
    public static KernelParameters Parse(string commandLine)
    {
        var parameters = new KernelParameters();
        foreach (string word in Words(commandLine))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            parameters._values[name.Replace("\"", string.Empty, StringComparison.Ordinal)] =
                equals < 0 ? null : word[(equals + 1)..].Replace("\"", string.Empty, StringComparison.Ordinal);
        }

        return parameters;
    }

    /// <summary>The parameters this kernel was started with.</summary>
    public static KernelParameters Read() => Parse(Guest.ProcFile.ReadOrEmpty("/proc/cmdline"));

    /// <summary>The value of a parameter; null when it is absent or has no value.</summary>
    public string? Value(string name) => _values.GetValueOrDefault(name);

    /// <summary>True for a parameter given without a value, or with 1, true, yes or on.</summary>
    public bool Flag(string name) => _values.TryGetValue(name, out string? value) && (value is null or "1" or "true" or "yes" or "on");

    /// <summary>The parameter as a port number or a count; <paramref name="fallback"/> when it is absent or no number.</summary>
    public uint Number(string name, uint fallback) => uint.TryParse(Value(name), out uint number) ? number : fallback;

    private static IEnumerable<string> Words(string text)
    {
        int start = -1;
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            bool space = char.IsWhiteSpace(text[i]) && !quoted;
            if (!space && start < 0)
            {
                start = i;
            }
            else if (space && start >= 0)
            {
                yield return text[start..i];
                start = -1;
            }
        }

        if (start >= 0)
        {
            yield return text[start..];
        }
    }
}
