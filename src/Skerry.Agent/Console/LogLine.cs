using System.Globalization;
using System.Text;

namespace Skerry.Agent.Console;

/// <summary>Writes one log line as a JSON object, in the fields Kata's host side reads: msg, level, ts, then our own.</summary>
internal static class LogLine
{
    /// <summary>The line as UTF-8, newline included.</summary>
    public static byte[] Format(
        DateTimeOffset time, string level, string source, string message, IReadOnlyList<KeyValuePair<string, object?>> fields, Exception? error)
    {
        var text = new StringBuilder(160).Append("{\"msg\":");
        AppendString(text, message);
        text.Append(",\"level\":\"").Append(level).Append("\",\"ts\":\"")
            .Append(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture))
            .Append("\",\"pid\":\"").Append(Environment.ProcessId).Append("\",\"name\":\"skerry-agent\",\"source\":\"agent\",\"subsystem\":");
        AppendString(text, source);
        foreach ((string name, object? value) in fields)
        {
            if (name != "{OriginalFormat}")
            {
                text.Append(',');
                AppendString(text, name);
                text.Append(':');
                AppendString(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty);
            }
        }

        if (error is not null)
        {
            text.Append(",\"error\":");
            AppendString(text, error.ToString());
        }

        return Encoding.UTF8.GetBytes(text.Append("}\n").ToString());
    }

    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"':
                    text.Append("\\\"");
                    break;
                case '\\':
                    text.Append("\\\\");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case < ' ' or '\u007f':
                    text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Append(char.IsSurrogate(c) ? '\ufffd' : c);
                    break;
            }
        }

        text.Append('"');
    }
}
