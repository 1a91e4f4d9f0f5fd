namespace Skerry.Config.Toml;

/// <summary>
/// Reads one TOML 1.0.0 text. A statement is a key/value pair or a table header on a line of its own; a fault ends its
/// statement, and reading goes on at the next line that looks like a statement, so that one run reports several faults.
/// </summary>
internal sealed partial class TomlReader
{
    private readonly TomlScanner _scanner;
    private readonly List<TomlError> _errors = [];
    private readonly TomlTable _root = new();

    private TomlTable _section;
    private int _depth;

    internal TomlReader(string text)
    {
        _scanner = new TomlScanner(text);
        _section = _root;
    }

    internal TomlDocument Read()
    {
        while (!_scanner.AtEnd && _errors.Count < TomlDocument.MaxErrors)
        {
            try
            {
                ReadStatement();
            }
            catch (TomlSyntaxException fault)
            {
                _errors.Add(new TomlError(fault.Position, fault.Message));
                _depth = 0;
                SkipToNextStatement();
            }
        }

        return new TomlDocument(_root, _errors);
    }

    private static bool IsControl(char c) => c is (< ' ' and not '\t') or '\u007F';

    private static bool IsBareKey(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private void ReadStatement()
    {
        _scanner.SkipSpaces();
        if (_scanner.Current == '[')
        {
            ReadHeader();
        }
        else if (!_scanner.AtEnd && !_scanner.AtLineEnd && _scanner.Current != '#')
        {
            ReadPair(_section);
        }

        ReadEndOfStatement();
    }

    private void ReadEndOfStatement()
    {
        _scanner.SkipSpaces();
        SkipComment();
        if (!_scanner.AtEnd && !_scanner.TryTakeLineEnd())
        {
            throw Fault($"expected the end of the line, found {_scanner.Describe()}");
        }
    }

    private void SkipComment()
    {
        if (_scanner.Current != '#')
        {
            return;
        }

        while (!_scanner.AtEnd && !_scanner.AtLineEnd)
        {
            if (IsControl(_scanner.Current))
            {
                throw Fault($"a comment must not hold {_scanner.Describe()}");
            }

            _scanner.Take();
        }
    }

    /// <summary>Whitespace, line ends and comments: what may stand between the elements of an array.</summary>
    private void SkipBlank()
    {
        do
        {
            _scanner.SkipSpaces();
            SkipComment();
        }
        while (_scanner.TryTakeLineEnd());
    }

    private void SkipToNextStatement()
    {
        do
        {
            _scanner.TakeWhile(c => c != '\n');
            if (!_scanner.AtEnd)
            {
                _scanner.Take();
            }
        }
        while (!_scanner.AtEnd && !LooksLikeStatement());
    }

    /// <summary>A header, or a bare dotted key and an equals sign: the rest of a broken value seldom looks so.</summary>
    private bool LooksLikeStatement()
    {
        int ahead = 0;
        while (_scanner.Peek(ahead) is ' ' or '\t')
        {
            ahead++;
        }

        if (_scanner.Peek(ahead) == '[')
        {
            return _scanner.Peek(ahead + 1) == '[' || IsBareKey(_scanner.Peek(ahead + 1));
        }

        int start = ahead;
        while (IsBareKey(_scanner.Peek(ahead)) || _scanner.Peek(ahead) is '.' or ' ' or '\t')
        {
            ahead++;
        }

        return ahead > start && _scanner.Peek(ahead) == '=';
    }

    private TomlSyntaxException Fault(string message) => new(_scanner.Position, message);

    private static TomlSyntaxException FaultAt(TomlPosition position, string message) => new(position, message);
}
