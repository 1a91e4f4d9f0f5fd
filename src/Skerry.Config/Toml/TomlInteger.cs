namespace Skerry.Config.Toml;

/// <summary>An integer of any base; 64 bits, signed.</summary>
public sealed class TomlInteger(long value, TomlPosition position = default) : TomlValue(position)
{
    /// <summary>The number.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "an integer";
}
