using System.Text.RegularExpressions;

namespace Skerry.Config.Annotations;

/// <summary>Decides by <c>enable_annotations</c> whether a pod may use a hypervisor annotation.</summary>
/// <remarks>
/// Each expression must match the whole name. Kata searches it anywhere in the name, so that "path" opens "jailer_path" too;
/// here it has to be written ".*path".
/// </remarks>
internal static class AnnotationGate
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);

    internal static bool IsEnabled(IReadOnlyList<string> expressions, string name) => expressions.Any(expression => Matches(expression, name));

    private static bool Matches(string expression, string name)
    {
        // Most lists hold plain names: they need no regular expression engine, which a shim is glad not to load.
        return expression == name || expression == ".*" ||
            (expression.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_')
                && Regex.IsMatch(name, $@"\A(?:{expression})\z", RegexOptions.CultureInvariant, MatchLimit));
    }
}
