using System.Globalization;
using System.Text;

namespace Skerry.Config.Toml;

/// <content>The four spellings of a string: basic and literal, each on one line or on several.</content>
internal sealed partial class TomlReader
{
    private string ReadString()
    {
        TomlPosition start = _scanner.Position;
        if (_scanner.TryTake("\"\"\""))
        {
            return ReadMultiLine(start, '"', escapes: true);
        }

        return _scanner.TryTake("'''") ? ReadMultiLine(start, '\'', escapes: false) : ReadSingleLineString();
    }

    private string ReadSingleLineString()
    {
        TomlPosition start = _scanner.Position;
        char quote = _scanner.Take();
        var text = new StringBuilder();
        while (_scanner.Current != quote)
        {
            if (_scanner.AtEnd || _scanner.AtLineEnd)
            {
                throw FaultAt(start, $"this string is not closed by {quote} on its line");
            }

            if (quote == '"' && _scanner.Current == '\\')
            {
                ReadEscape(text);
                continue;
            }

            TakeStringCharacter(text);
        }

        _scanner.Take();
        return text.ToString();
    }

    private string ReadMultiLine(TomlPosition start, char quote, bool escapes)
    {
        _scanner.TryTakeLineEnd();
        var text = new StringBuilder();
        while (!TryCloseMultiLine(quote, text))
        {
            if (_scanner.AtEnd)
            {
                throw FaultAt(start, $"this string is not closed by {new string(quote, 3)}");
            }

            if (_scanner.TryTakeLineEnd())
            {
                text.Append('\n');
            }
            else if (!escapes || _scanner.Current != '\\')
            {
                TakeStringCharacter(text);
            }
            else if (!TrySkipFoldedLine())
            {
                ReadEscape(text);
            }
        }

        return text.ToString();
    }

    /// <summary>Three quotes close; up to two more just before them belong to the text.</summary>
    private bool TryCloseMultiLine(char quote, StringBuilder text)
    {
        int quotes = 0;
        while (quotes < 5 && _scanner.Peek(quotes) == quote)
        {
            quotes++;
        }

        for (int i = 0; i < quotes; i++)
        {
            _scanner.Take();
        }

        text.Append(quote, quotes >= 3 ? quotes - 3 : quotes);
        return quotes >= 3;
    }

    /// <summary>A backslash that ends its line folds the text up to the next character that is no whitespace.</summary>
    private bool TrySkipFoldedLine()
    {
        int ahead = 1;
        while (_scanner.Peek(ahead) is ' ' or '\t')
        {
            ahead++;
        }

        if (_scanner.Peek(ahead) != '\n' && (_scanner.Peek(ahead) != '\r' || _scanner.Peek(ahead + 1) != '\n'))
        {
            return false;
        }

        _scanner.Take();
        do
        {
            _scanner.SkipSpaces();
        }
        while (_scanner.TryTakeLineEnd());
        return true;
    }

    private void TakeStringCharacter(StringBuilder text)
    {
        if (IsControl(_scanner.Current))
        {
            throw Fault($"a string must not hold {_scanner.Describe()}; in a basic string write it as an escape");
        }

        text.Append(_scanner.Take());
    }

    private void ReadEscape(StringBuilder text)
    {
        TomlPosition start = _scanner.Position;
        _scanner.Take();
        char kind = _scanner.Current;
        switch (kind)
        {
            case 'u':
                ReadCodePoint(text, start, 4);
                return;
            case 'U':
                ReadCodePoint(text, start, 8);
                return;
        }

        const string Names = "btnfr\"\\";
        const string Meanings = "\b\t\n\f\r\"\\";
        int index = _scanner.AtEnd ? -1 : Names.IndexOf(kind, StringComparison.Ordinal);
        if (index < 0)
        {
            throw FaultAt(start, $"unknown escape '\\' followed by {_scanner.Describe()}; known are \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX");
        }

        _scanner.Take();
        text.Append(Meanings[index]);
    }

    private void ReadCodePoint(StringBuilder text, TomlPosition start, int digits)
    {
        char kind = _scanner.Take();
        var hex = new StringBuilder(digits);
        while (hex.Length < digits && char.IsAsciiHexDigit(_scanner.Current))
        {
            hex.Append(_scanner.Take());
        }

        if (hex.Length < digits)
        {
            throw FaultAt(start, $"\\{kind} needs {digits} hexadecimal digits");
        }

        uint value = uint.Parse(hex.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (!Rune.IsValid(value))
        {
            throw FaultAt(start, $"U+{value:X} is not a Unicode scalar value");
        }

        text.Append(new Rune(value).ToString());
    }
}
