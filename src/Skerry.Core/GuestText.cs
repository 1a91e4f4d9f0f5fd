using System.Text;

namespace Skerry.Core;

/// <summary>Makes guest-controlled text harmless to show: no terminal control, no carriage returns.</summary>
public static class GuestText
{
    /// <summary>Replaces control characters other than newline and tab by "?", and drops carriage returns and escape sequences.</summary>
    public static string Sanitize(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\e')
            {
                i = SkipEscape(text, i);
            }
            else if (c is not ('\r' or '\0'))
            {
                bool harmless = c is '\n' or '\t' || !char.IsControl(c);
                clean.Append(harmless ? c : '?');
            }
        }

        return clean.ToString();
    }

    /// <summary>The index of the last character of the escape sequence at <paramref name="start"/>: "ESC [ … letter", or ESC alone.</summary>
    private static int SkipEscape(string text, int start)
    {
        int i = start + 1;
        if (i >= text.Length || text[i] != '[')
        {
            return start;
        }

        for (i++; i < text.Length && !char.IsAsciiLetter(text[i]); i++)
        {
            if (text[i] is '\n' or '\e' || i - start > 32)
            {
                return i - 1;
            }
        }

        return Math.Min(i, text.Length - 1);
    }
}
