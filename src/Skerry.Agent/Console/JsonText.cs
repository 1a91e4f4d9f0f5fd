using System.Globalization;
using System.Text;

namespace Skerry.Agent.Console;

/// <summary>Writes strings as JSON does; a serializer would double the agent's program.</summary>
internal static class JsonText
{
    /// <summary>Appends <paramref name="value"/> with its quotes.</summary>
    public static StringBuilder AppendJsonString(this StringBuilder text, string value)
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

        return text.Append('"');
    }
}
