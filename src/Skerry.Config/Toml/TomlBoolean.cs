namespace Skerry.Config.Toml;

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed class TomlBoolean(bool value, TomlPosition position = default) : TomlValue(position)
{
    /// <summary>The value.</summary>
    public bool Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "a boolean";
}
