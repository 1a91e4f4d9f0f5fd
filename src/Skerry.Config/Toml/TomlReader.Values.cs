namespace Skerry.Config.Toml;

/// <content>Values: the first character decides which kind follows.</content>
internal sealed partial class TomlReader
{
    private TomlValue ReadValue()
    {
        TomlPosition position = _scanner.Position;
        switch (_scanner.Current)
        {
            case '"' or '\'':
                return new TomlString(ReadString(), position);
            case '[':
                return Nested(ReadArray);
            case '{':
                return Nested(ReadInlineTable);
        }

        string word = _scanner.TakeWhile(IsValueCharacter);
        if (IsDate(word) && _scanner.Current == ' ' && char.IsAsciiDigit(_scanner.Peek(1)))
        {
            _scanner.Take();
            word += ' ' + _scanner.TakeWhile(IsValueCharacter);
        }

        return word.Length == 0
            ? throw Fault($"expected a value, found {_scanner.Describe()}")
            : ParseWord(word, position);
    }

    private static bool IsValueCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '+' or '.' or ':';

    private static TomlValue ParseWord(string word, TomlPosition position)
    {
        if (word is "true" or "false")
        {
            return new TomlBoolean(word == "true", position);
        }

        if (TomlDateTimeSyntax.IsCandidate(word))
        {
            return TomlDateTimeSyntax.Parse(word, position);
        }

        return TomlNumberSyntax.IsCandidate(word)
            ? TomlNumberSyntax.Parse(word, position)
            : throw FaultAt(position, word.Equals("true", StringComparison.OrdinalIgnoreCase) || word.Equals("false", StringComparison.OrdinalIgnoreCase)
                ? $"'{word}' is no value: booleans are written in lower case"
                : $"'{word}' is no value: a string needs quotes");
    }

    private static bool IsDate(string word) => word.Length == 10 && word[4] == '-' && word[7] == '-';

    private TomlValue Nested(Func<TomlValue> read)
    {
        if (++_depth > TomlDocument.MaxDepth)
        {
            throw Fault($"arrays and inline tables nest at most {TomlDocument.MaxDepth} deep");
        }

        TomlValue value = read();
        _depth--;
        return value;
    }

    private TomlArray ReadArray()
    {
        TomlPosition start = _scanner.Position;
        _scanner.Take();
        var items = new List<TomlValue>();
        SkipBlank();
        while (_scanner.Current != ']')
        {
            RefuseEnd(start, "array", "]");
            items.Add(ReadValue());
            SkipBlank();
            if (_scanner.TryTake(","))
            {
                SkipBlank();
            }
            else if (_scanner.Current != ']')
            {
                RefuseEnd(start, "array", "]");
                throw Fault($"expected ',' or ']' in the array, found {_scanner.Describe()}");
            }
        }

        _scanner.Take();
        return new TomlArray(items, start);
    }

    private TomlTable ReadInlineTable()
    {
        TomlPosition start = _scanner.Position;
        _scanner.Take();
        var table = new TomlTable(start) { Origin = TomlTable.TableOrigin.Implicit };
        _scanner.SkipSpaces();
        while (_scanner.Current != '}' || table.Entries.Count > 0)
        {
            RefuseEnd(start, "inline table", "}");
            ReadPair(table);
            _scanner.SkipSpaces();
            if (_scanner.Current == '}')
            {
                break;
            }

            if (!_scanner.TryTake(","))
            {
                RefuseEnd(start, "inline table", "}");
                throw Fault(_scanner.AtLineEnd
                    ? "an inline table must stand on one line"
                    : $"expected ',' or '}}' in the inline table, found {_scanner.Describe()}");
            }

            _scanner.SkipSpaces();
        }

        _scanner.Take();
        Complete(table);
        return table;
    }

    /// <summary>An inline table is complete at its brace, and so are the tables its dotted keys made.</summary>
    private static void Complete(TomlTable table)
    {
        table.Origin = TomlTable.TableOrigin.Inline;
        foreach (TomlEntry entry in table.Entries)
        {
            if (entry.Value is TomlTable { Origin: not TomlTable.TableOrigin.Inline } inner)
            {
                Complete(inner);
            }
        }
    }

    private void RefuseEnd(TomlPosition start, string what, string closing)
    {
        if (_scanner.AtEnd)
        {
            throw FaultAt(start, $"this {what} is not closed by '{closing}'");
        }
    }
}
