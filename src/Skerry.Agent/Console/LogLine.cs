using System.Text;

namespace Skerry.Agent.Console;

/// <summary>Writes one log line as a JSON object, in the fields Kata's host side reads: msg, level, ts, then our own.</summary>
internal static class LogLine
{
    /// <summary>The line as UTF-8, newline included.</summary>
    public static byte[] Format(DateTimeOffset time, string level, string source, string message, ReadOnlySpan<LogField> fields, Exception? error)
    {
        var text = new StringBuilder(256).Append("{\"msg\":").AppendJsonString(message);
        text.Append(",\"level\":\"").Append(level).Append("\",\"ts\":\"");
        AppendTime(text, time.UtcDateTime);
        text.Append("\",\"pid\":\"").Append(Environment.ProcessId).Append("\",\"name\":\"skerry-agent\",\"source\":\"agent\",\"subsystem\":");
        text.AppendJsonString(source);
        foreach (LogField field in fields)
        {
            text.Append(',');
            text.AppendJsonString(field.Name);
            text.Append(':');
            text.AppendJsonString(field.Value);
        }

        if (error is not null)
        {
            text.Append(",\"error\":");
            text.AppendJsonString(error.ToString());
        }

        return Encoding.UTF8.GetBytes(text.Append("}\n").ToString());
    }

    /// <summary>As "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'" would; reading that format costs a start some milliseconds under TCG.</summary>
    private static void AppendTime(StringBuilder text, DateTime time)
    {
        Span<char> digits = stackalloc char["0000-00-00T00:00:00.000000Z".Length];
        "0000-00-00T00:00:00.000000Z".CopyTo(digits);
        WriteNumber(digits[..4], time.Year);
        WriteNumber(digits[5..7], time.Month);
        WriteNumber(digits[8..10], time.Day);
        WriteNumber(digits[11..13], time.Hour);
        WriteNumber(digits[14..16], time.Minute);
        WriteNumber(digits[17..19], time.Second);
        WriteNumber(digits[20..26], (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        text.Append(digits);
    }

    private static void WriteNumber(Span<char> digits, int number)
    {
        for (int i = digits.Length - 1; i >= 0; i--, number /= 10)
        {
            digits[i] = (char)('0' + (number % 10));
        }
    }
}
