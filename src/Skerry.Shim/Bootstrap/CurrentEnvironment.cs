using System.Collections;

namespace Skerry.Shim;

/// <summary>This process's environment, to hand on.</summary>
internal static class CurrentEnvironment
{
    /// <summary>Every variable as <c>KEY=value</c>.</summary>
    internal static IReadOnlyList<string> Variables() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => $"{variable.Key}={variable.Value}")];
}
