namespace Skerry.Config.Toml;

/// <summary>Walks over a text one character at a time and knows where it is.</summary>
internal sealed class TomlScanner(string text)
{
    /// <summary>What <see cref="Current"/> is past the end of the text; a NUL in the text is told apart by <see cref="AtEnd"/>.</summary>
    internal const char End = '\0';

    private int _offset;
    private int _line = 1;
    private int _column = 1;

    internal bool AtEnd => _offset >= text.Length;

    internal char Current => Peek(0);

    internal TomlPosition Position => new(_line, _column);

    /// <summary>True at a line feed, or a carriage return followed by one; a bare carriage return is no line end.</summary>
    internal bool AtLineEnd => Current == '\n' || (Current == '\r' && Peek(1) == '\n');

    internal char Peek(int ahead) => _offset + ahead < text.Length ? text[_offset + ahead] : End;

    /// <summary>Takes the current character.</summary>
    internal char Take()
    {
        char taken = text[_offset++];
        if (taken == '\n')
        {
            _line++;
            _column = 1;
        }
        else if (!char.IsLowSurrogate(taken))
        {
            _column++;
        }

        return taken;
    }

    /// <summary>Takes <paramref name="expected"/> if it comes next.</summary>
    internal bool TryTake(string expected)
    {
        if (string.CompareOrdinal(text, _offset, expected, 0, expected.Length) != 0)
        {
            return false;
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Take();
        }

        return true;
    }

    /// <summary>Takes a line end, if one comes next.</summary>
    internal bool TryTakeLineEnd() => TryTake("\n") || TryTake("\r\n");

    /// <summary>Takes spaces and tabs: the specification's whitespace.</summary>
    internal void SkipSpaces()
    {
        while (Current is ' ' or '\t')
        {
            Take();
        }
    }

    /// <summary>Takes characters while <paramref name="belongs"/> holds, and returns them.</summary>
    internal string TakeWhile(Func<char, bool> belongs)
    {
        int start = _offset;
        while (!AtEnd && belongs(Current))
        {
            Take();
        }

        return text[start.._offset];
    }

    /// <summary>The current character as a message shows it.</summary>
    internal string Describe()
    {
        if (AtEnd)
        {
            return "the end of the file";
        }

        return Current switch
        {
            '\n' or '\r' when AtLineEnd => "the end of the line",
            < ' ' or '\u007F' => $"the control character U+{(int)Current:X4}",
            _ when char.IsHighSurrogate(Current) => $"'{Current}{Peek(1)}'",
            _ => $"'{Current}'",
        };
    }
}
