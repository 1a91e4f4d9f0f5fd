using System.Diagnostics.CodeAnalysis;

namespace Skerry.Config.Toml;

/// <summary>A table, however it was written; it keeps the order of the text.</summary>
public sealed class TomlTable : TomlValue
{
    private readonly List<TomlEntry> _entries = [];
    private readonly Dictionary<string, TomlEntry> _byKey = new(StringComparer.Ordinal);

    /// <summary>Makes an empty table.</summary>
    public TomlTable(TomlPosition position = default)
        : base(position)
    {
    }

    /// <summary>How a table came to be: it decides what may still be added to it.</summary>
    internal enum TableOrigin
    {
        /// <summary>Named on the way to another table: may be defined once by its own header.</summary>
        Implicit,

        /// <summary>Defined by its header.</summary>
        Header,

        /// <summary>Made by a dotted key: grows only by dotted keys of the same section, and by sub-tables.</summary>
        DottedKey,

        /// <summary>Written in braces: complete.</summary>
        Inline,
    }

    /// <summary>The entries in the order of the text.</summary>
    public IReadOnlyList<TomlEntry> Entries => _entries;

    /// <inheritdoc/>
    public override string TypeName => "a table";

    internal TableOrigin Origin { get; set; } = TableOrigin.Implicit;

    /// <summary>Finds a value by its key, which is one part and not dotted.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out TomlValue? value)
    {
        value = Find(key)?.Value;
        return value is not null;
    }

    /// <summary>Finds an entry by its key; null when there is none.</summary>
    public TomlEntry? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>Adds an entry.</summary>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(string key, TomlValue value, TomlPosition keyPosition = default)
    {
        var entry = new TomlEntry(key, keyPosition, value);
        _byKey.Add(key, entry);
        _entries.Add(entry);
    }
}
