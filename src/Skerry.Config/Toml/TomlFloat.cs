namespace Skerry.Config.Toml;

/// <summary>A floating-point number, infinities and NaN included.</summary>
public sealed class TomlFloat(double value, TomlPosition position = default) : TomlValue(position)
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public override string TypeName => "a float";
}
