namespace Skerry.Config.Toml;

/// <summary>A value of a TOML document; one subclass per type of the specification.</summary>
public abstract class TomlValue
{
    private protected TomlValue(TomlPosition position) => Position = position;

    /// <summary>Where the value starts; default for values that come from no text.</summary>
    public TomlPosition Position { get; }

    /// <summary>The type in words, with its article, for messages: "a string".</summary>
    public abstract string TypeName { get; }

    /// <summary>The value as TOML, on one line.</summary>
    public sealed override string ToString() => TomlWriter.Format(this);
}
