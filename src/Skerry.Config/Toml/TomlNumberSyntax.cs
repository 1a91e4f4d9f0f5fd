using System.Globalization;

namespace Skerry.Config.Toml;

/// <summary>Integers and floats as TOML writes them.</summary>
internal static class TomlNumberSyntax
{
    /// <summary>True when <paramref name="word"/> can only be meant as a number.</summary>
    internal static bool IsCandidate(string word) =>
        char.IsAsciiDigit(word[0]) || word[0] is '+' or '-' or '.' || word is "inf" or "nan";

    internal static TomlValue Parse(string word, TomlPosition position)
    {
        string unsigned = word.TrimStart('+', '-');
        if (word.Length - unsigned.Length > 1)
        {
            throw Fault(position, word, "it has more than one sign");
        }

        if (unsigned is "inf" or "nan")
        {
            double special = unsigned == "nan" ? double.NaN : double.PositiveInfinity;
            return new TomlFloat(word[0] == '-' ? -special : special, position);
        }

        if (unsigned.Length > 1 && unsigned[0] == '0' && char.IsAsciiLetterLower(unsigned[1]) && unsigned[1] != 'e')
        {
            return ParseBased(word, unsigned, position);
        }

        return unsigned.AsSpan().IndexOfAny('.', 'e', 'E') >= 0 ? ParseFloat(word, position) : ParseDecimal(word, unsigned, position);
    }

    private static TomlInteger ParseDecimal(string word, string unsigned, TomlPosition position)
    {
        CheckDigits(word, unsigned, char.IsAsciiDigit, position);
        CheckLeadingZero(word, unsigned, position);
        return long.TryParse(Plain(word), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? new TomlInteger(value, position)
            : throw Fault(position, word, "it does not fit 64 bits");
    }

    private static TomlInteger ParseBased(string word, string unsigned, TomlPosition position)
    {
        int bits = unsigned[1] switch
        {
            'x' => 4,
            'o' => 3,
            'b' => 1,
            _ => throw Fault(position, word, "known prefixes are 0x, 0o and 0b"),
        };
        if (unsigned.Length != word.Length)
        {
            throw Fault(position, word, "a number with a base prefix has no sign");
        }

        CheckDigits(word, unsigned[2..], c => char.IsAsciiHexDigit(c) && Convert.ToInt32(c.ToString(), 16) < 1 << bits, position);
        ulong value = 0;
        foreach (char digit in Plain(unsigned[2..]))
        {
            if (value > (ulong)long.MaxValue >> bits)
            {
                throw Fault(position, word, "it does not fit 64 bits");
            }

            value = (value << bits) | (uint)Convert.ToInt32(digit.ToString(), 16);
        }

        return new TomlInteger((long)value, position);
    }

    private static TomlFloat ParseFloat(string word, TomlPosition position)
    {
        string rest = word.TrimStart('+', '-');
        int exponentAt = rest.AsSpan().IndexOfAny('e', 'E');
        string mantissa = exponentAt < 0 ? rest : rest[..exponentAt];
        int pointAt = mantissa.IndexOf('.', StringComparison.Ordinal);
        string whole = pointAt < 0 ? mantissa : mantissa[..pointAt];

        CheckDigits(word, whole, char.IsAsciiDigit, position);
        CheckLeadingZero(word, whole, position);
        if (pointAt >= 0)
        {
            CheckDigits(word, mantissa[(pointAt + 1)..], char.IsAsciiDigit, position);
        }

        if (exponentAt >= 0)
        {
            string exponent = rest[(exponentAt + 1)..];
            CheckDigits(word, exponent.StartsWith('+') || exponent.StartsWith('-') ? exponent[1..] : exponent, char.IsAsciiDigit, position);
        }

        return new TomlFloat(double.Parse(Plain(word), NumberStyles.Float, CultureInfo.InvariantCulture), position);
    }

    /// <summary>One digit or more, with underscores only between two digits.</summary>
    private static void CheckDigits(string word, string digits, Func<char, bool> isDigit, TomlPosition position)
    {
        if (digits.Length == 0 || !isDigit(digits[0]) || !isDigit(digits[^1]))
        {
            throw Fault(position, word, "digits are expected on both sides of '.', '_' and 'e'");
        }

        for (int i = 1; i < digits.Length; i++)
        {
            bool separates = digits[i] == '_' && digits[i - 1] != '_';
            if (!separates && !isDigit(digits[i]))
            {
                throw Fault(position, word, digits[i] == '_' ? "two underscores in a row" : $"'{digits[i]}' is no digit here");
            }
        }
    }

    private static void CheckLeadingZero(string word, string whole, TomlPosition position)
    {
        if (whole.Length > 1 && whole[0] == '0')
        {
            throw Fault(position, word, "a decimal number has no leading zero");
        }
    }

    private static string Plain(string digits) => digits.Replace("_", string.Empty, StringComparison.Ordinal);

    private static TomlSyntaxException Fault(TomlPosition position, string word, string reason) =>
        new(position, $"'{word}' is no number: {reason}");
}
