using System.Collections;

namespace Skerry.Cli.Containers;

/// <summary>This process's environment, for programs that it starts.</summary>
internal static class HostEnvironment
{
    /// <summary>All variables as <c>K=V</c>, with some set anew.</summary>
    public static IReadOnlyList<string> With(params (string Name, string Value)[] changes)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? string.Empty;
        }

        foreach ((string name, string value) in changes)
        {
            variables[name] = value;
        }

        return [.. variables.Select(variable => $"{variable.Key}={variable.Value}")];
    }
}
