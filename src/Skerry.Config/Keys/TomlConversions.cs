using Skerry.Config.Toml;
using Skerry.Core;

namespace Skerry.Config.Keys;

/// <summary>Between TOML values and the records' types; values were checked against their key before.</summary>
internal static class TomlConversions
{
    internal static bool Flag(this TomlValue value) => ((TomlBoolean)value).Value;

    internal static uint Count(this TomlValue value) => checked((uint)((TomlInteger)value).Value);

    internal static ulong LongCount(this TomlValue value) => checked((ulong)((TomlInteger)value).Value);

    internal static double Number(this TomlValue value) => value is TomlInteger whole ? whole.Value : ((TomlFloat)value).Value;

    internal static string Text(this TomlValue value) => ((TomlString)value).Value;

    internal static string? TextOrNull(this TomlValue value) => value.Text() is { Length: > 0 } text ? text : null;

    internal static IReadOnlyList<string> Texts(this TomlValue value) => [.. ((TomlArray)value).Items.Select(Text)];

    internal static VerityParameters? Verity(this TomlValue value) =>
        VerityParameters.TryParse(value.Text(), out VerityParameters? parameters, out _) ? parameters : null;

    internal static TomlValue ToToml(this bool value) => new TomlBoolean(value);

    internal static TomlValue ToToml(this uint value) => new TomlInteger(value);

    internal static TomlValue ToToml(this ulong value) => new TomlInteger(checked((long)value));

    internal static TomlValue ToToml(this double value) =>
        double.IsInteger(value) ? new TomlInteger((long)value) : new TomlFloat(value);

    internal static TomlValue? ToToml(this string? value) => value is null ? null : new TomlString(value);

    internal static TomlValue ToToml(this IReadOnlyList<string> values) => new TomlArray(values.Select(text => new TomlString(text)));

    internal static TomlValue ToTomlSeconds(this TimeSpan value) => new TomlInteger((long)value.TotalSeconds);

    /// <summary>True for the value that switches a thing off: <c>false</c>, 0, and everything empty.</summary>
    internal static bool IsOff(this TomlValue value) => value switch
    {
        TomlBoolean flag => !flag.Value,
        TomlInteger number => number.Value == 0,
        TomlString text => text.Value.Length == 0,
        TomlArray list => list.Items.Count == 0,
        TomlTable table => table.Entries.Count == 0,
        _ => false,
    };
}
