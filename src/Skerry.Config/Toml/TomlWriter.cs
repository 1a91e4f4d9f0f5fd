using System.Globalization;
using System.Text;

namespace Skerry.Config.Toml;

/// <summary>Writes values and keys as TOML: one line each, basic strings, so that reading gives the same value back.</summary>
public static class TomlWriter
{
    /// <summary>A value on one line; a table is written inline.</summary>
    public static string Format(TomlValue value) => value switch
    {
        TomlString text => Quote(text.Value),
        TomlInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        TomlFloat number => FormatFloat(number.Value),
        TomlBoolean flag => flag.Value ? "true" : "false",
        TomlDateTime moment => FormatDateTime(moment),
        TomlArray array => $"[{string.Join(", ", array.Items.Select(Format))}]",
        TomlTable { Entries.Count: 0 } => "{}",
        TomlTable table => $"{{ {string.Join(", ", table.Entries.Select(entry => $"{FormatKey(entry.Key)} = {Format(entry.Value)}"))} }}",
        _ => throw new InvalidOperationException($"no TOML spelling for {value.GetType()}"),
    };

    /// <summary>A key, quoted where it has to be.</summary>
    public static string FormatKey(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : Quote(key);

    /// <summary>A text as a basic string on one line.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\u007F' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string FormatFloat(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }

        string text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }

    private static string FormatDateTime(TomlDateTime moment)
    {
        string date = moment.Date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? string.Empty;
        string time = moment.Time?.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) ?? string.Empty;
        string offset = moment.Offset switch
        {
            null => string.Empty,
            { Ticks: 0 } => "Z",
            { } shift => (shift < TimeSpan.Zero ? "-" : "+") + shift.Duration().ToString("hh\\:mm", CultureInfo.InvariantCulture),
        };
        return date + (date.Length > 0 && time.Length > 0 ? "T" : string.Empty) + time + offset;
    }
}
