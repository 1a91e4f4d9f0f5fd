namespace Skerry.Config.Toml;

/// <summary>Ends the statement being read; the reader turns it into a <see cref="TomlError"/> and never lets it out.</summary>
internal sealed class TomlSyntaxException(TomlPosition position, string message) : Exception(message)
{
    internal TomlPosition Position { get; } = position;
}
