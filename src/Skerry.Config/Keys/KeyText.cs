using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Skerry.Config.Toml;

namespace Skerry.Config.Keys;

/// <summary>Reads a value that arrives as text, by an annotation or a flag, as the type of its key.</summary>
internal static class KeyText
{
    /// <summary>Parses <paramref name="text"/>; false when it cannot be the key's type.</summary>
    internal static bool TryParse(ConfigKey key, string text, [NotNullWhen(true)] out TomlValue? value)
    {
        value = key.Type switch
        {
            KeyType.Boolean => ParseFlag(text.Trim()),
            KeyType.Integer => ParseInteger(text),
            KeyType.Number => ParseInteger(text) is { } whole ? whole : ParseFloat(text),
            KeyType.Text => new TomlString(text),
            KeyType.TextList => ParseList(text),
            _ => null,
        };
        return value is not null;
    }

    /// <summary>The spellings of Go's strconv.ParseBool, which Kata's annotations are read by.</summary>
    private static TomlBoolean? ParseFlag(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => new TomlBoolean(true),
        "0" or "f" or "F" or "false" or "FALSE" or "False" => new TomlBoolean(false),
        _ => null,
    };

    private static TomlInteger? ParseInteger(string text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? new TomlInteger(number) : null;

    private static TomlFloat? ParseFloat(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? new TomlFloat(number) : null;

    /// <summary>
    /// Kata's spellings of a list: a JSON array of strings (Go), else items parted by semicolons where there are any
    /// (kernel_modules), else by commas (runtime-rs).
    /// </summary>
    private static TomlArray? ParseList(string text)
    {
        if (text.TrimStart().StartsWith('['))
        {
            // A JSON array of strings is a TOML array as well, but for the escaped slash.
            TomlDocument json = TomlDocument.Parse("list = " + text.Replace("\\/", "/", StringComparison.Ordinal));
            return json.Errors.Count == 0 ? json.Root.Find("list")?.Value as TomlArray : null;
        }

        char separator = text.Contains(';', StringComparison.Ordinal) ? ';' : ',';
        return new TomlArray(text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(item => new TomlString(item)));
    }
}
