namespace Skerry.Config.Toml;

/// <content>Keys, pairs and headers, with the specification's rules on defining a table once.</content>
internal sealed partial class TomlReader
{
    private readonly record struct KeyPart(string Name, TomlPosition Position);

    private void ReadPair(TomlTable table)
    {
        List<KeyPart> key = ReadKey();
        if (!_scanner.TryTake("="))
        {
            throw Fault($"expected '=' after the key {Join(key)}, found {_scanner.Describe()}");
        }

        _scanner.SkipSpaces();
        TomlTable owner = EnterDottedKey(table, key);
        RefuseDuplicate(owner, key);
        TomlValue value = ReadValue();
        owner.Add(key[^1].Name, value, key[^1].Position);
    }

    /// <summary>The table that holds the last part of a dotted key; the parts before it make tables, or name some this section made.</summary>
    private static TomlTable EnterDottedKey(TomlTable table, List<KeyPart> key)
    {
        for (int i = 0; i < key.Count - 1; i++)
        {
            if (table.Find(key[i].Name) is not { } known)
            {
                var made = new TomlTable(key[i].Position) { Origin = TomlTable.TableOrigin.DottedKey };
                table.Add(key[i].Name, made, key[i].Position);
                table = made;
                continue;
            }

            table = known.Value switch
            {
                TomlTable { Origin: TomlTable.TableOrigin.DottedKey or TomlTable.TableOrigin.Implicit } open => open,
                TomlTable => throw FaultAt(key[i].Position, $"the table {Join(key, i + 1)} was completed at line {known.KeyPosition.Line}; a dotted key cannot add to it"),
                _ => throw FaultAt(key[i].Position, $"{Join(key, i + 1)} is {known.Value.TypeName} since line {known.KeyPosition.Line}, so it cannot have the key {Join(key)}"),
            };
            table.Origin = TomlTable.TableOrigin.DottedKey;
        }

        return table;
    }

    private static void RefuseDuplicate(TomlTable owner, List<KeyPart> key)
    {
        if (owner.Find(key[^1].Name) is { } known)
        {
            throw FaultAt(key[^1].Position, $"{Join(key)} was defined before, at line {known.KeyPosition.Line}");
        }
    }

    private void ReadHeader()
    {
        TomlPosition start = _scanner.Position;
        bool ofArray = _scanner.TryTake("[[");
        if (!ofArray)
        {
            _scanner.Take();
        }

        // Until the header is understood, what follows it belongs to no table of the document.
        _section = new TomlTable();
        _scanner.SkipSpaces();
        List<KeyPart> key = ReadKey();
        if (!_scanner.TryTake(ofArray ? "]]" : "]"))
        {
            throw Fault($"expected '{(ofArray ? "]]" : "]")}' after the table name {Join(key)}, found {_scanner.Describe()}");
        }

        TomlTable parent = EnterHeaderPath(key);
        _section = ofArray ? AppendTable(parent, key, start) : DefineTable(parent, key, start);
    }

    /// <summary>The table a header's last part belongs to; an array of tables on the way stands for its last element.</summary>
    private TomlTable EnterHeaderPath(List<KeyPart> key)
    {
        TomlTable table = _root;
        for (int i = 0; i < key.Count - 1; i++)
        {
            if (table.Find(key[i].Name) is not { } known)
            {
                var made = new TomlTable(key[i].Position);
                table.Add(key[i].Name, made, key[i].Position);
                table = made;
                continue;
            }

            table = known.Value switch
            {
                TomlTable { Origin: not TomlTable.TableOrigin.Inline } open => open,
                TomlArray { IsOfTables: true } array => (TomlTable)array.Items[^1],
                _ => throw FaultAt(key[i].Position, $"{Join(key, i + 1)} was completed at line {known.KeyPosition.Line}; the table {Join(key)} cannot be added to it"),
            };
        }

        return table;
    }

    private static TomlTable DefineTable(TomlTable parent, List<KeyPart> key, TomlPosition position)
    {
        KeyPart last = key[^1];
        if (parent.Find(last.Name) is { Value: TomlTable { Origin: TomlTable.TableOrigin.Implicit } known })
        {
            known.Origin = TomlTable.TableOrigin.Header;
            return known;
        }

        RefuseDuplicate(parent, key);
        var made = new TomlTable(position) { Origin = TomlTable.TableOrigin.Header };
        parent.Add(last.Name, made, last.Position);
        return made;
    }

    private static TomlTable AppendTable(TomlTable parent, List<KeyPart> key, TomlPosition position)
    {
        KeyPart last = key[^1];
        if (parent.Find(last.Name) is not { Value: TomlArray { IsOfTables: true } array })
        {
            RefuseDuplicate(parent, key);
            array = new TomlArray([], position) { IsOfTables = true };
            parent.Add(last.Name, array, last.Position);
        }

        var made = new TomlTable(position) { Origin = TomlTable.TableOrigin.Header };
        array.Add(made);
        return made;
    }

    private List<KeyPart> ReadKey()
    {
        var parts = new List<KeyPart>();
        do
        {
            if (parts.Count == TomlDocument.MaxDepth)
            {
                throw Fault($"a key has at most {TomlDocument.MaxDepth} parts");
            }

            _scanner.SkipSpaces();
            parts.Add(ReadKeyPart());
            _scanner.SkipSpaces();
        }
        while (_scanner.TryTake("."));
        return parts;
    }

    private KeyPart ReadKeyPart()
    {
        TomlPosition position = _scanner.Position;
        if (_scanner.Current is '"' or '\'')
        {
            char quote = _scanner.Current;
            if (_scanner.Peek(1) == quote && _scanner.Peek(2) == quote)
            {
                throw Fault("a key cannot be a multi-line string");
            }

            return new KeyPart(ReadSingleLineString(), position);
        }

        string name = _scanner.TakeWhile(IsBareKey);
        return name.Length > 0 ? new KeyPart(name, position) : throw Fault($"expected a key, found {_scanner.Describe()}");
    }

    private static string Join(List<KeyPart> key) => Join(key, key.Count);

    private static string Join(List<KeyPart> key, int count) =>
        $"\"{string.Join('.', key.Take(count).Select(part => TomlWriter.FormatKey(part.Name)))}\"";
}
