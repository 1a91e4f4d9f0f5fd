namespace Skerry.Config.Toml;

/// <summary>A place in a TOML text: both numbers count from 1, and a column counts Unicode code points.</summary>
public readonly record struct TomlPosition(int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Line}:{Column}";
}
