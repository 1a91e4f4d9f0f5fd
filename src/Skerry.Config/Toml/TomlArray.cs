namespace Skerry.Config.Toml;

/// <summary>An array: of values, or of tables written as <c>[[name]]</c>.</summary>
public sealed class TomlArray : TomlValue
{
    private readonly List<TomlValue> _items;

    /// <summary>Makes an array of <paramref name="items"/>.</summary>
    public TomlArray(IEnumerable<TomlValue> items, TomlPosition position = default)
        : base(position) => _items = [.. items];

    /// <summary>The elements in order.</summary>
    public IReadOnlyList<TomlValue> Items => _items;

    /// <inheritdoc/>
    public override string TypeName => IsOfTables ? "an array of tables" : "an array";

    /// <summary>True for an array written as <c>[[name]]</c>, the only kind that can grow.</summary>
    internal bool IsOfTables { get; init; }

    internal void Add(TomlTable table) => _items.Add(table);
}
