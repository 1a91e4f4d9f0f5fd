namespace Skerry.Config.Toml;

/// <summary>One fault of a TOML text.</summary>
/// <param name="Position">Where it was noticed.</param>
/// <param name="Message">What is wrong and what was expected, in one line.</param>
public sealed record TomlError(TomlPosition Position, string Message);
