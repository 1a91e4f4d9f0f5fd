namespace Skerry.Config.Toml;

/// <summary>A string of any of the four spellings, unescaped.</summary>
public sealed class TomlString(string value, TomlPosition position = default) : TomlValue(position)
{
    /// <summary>The text.</summary>
    public string Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "a string";
}
