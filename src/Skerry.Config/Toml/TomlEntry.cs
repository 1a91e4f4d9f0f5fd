namespace Skerry.Config.Toml;

/// <summary>A key of a table with its value.</summary>
/// <param name="Key">The key, unquoted: one part, never dotted.</param>
/// <param name="KeyPosition">Where the key was written.</param>
/// <param name="Value">What it holds.</param>
public sealed record TomlEntry(string Key, TomlPosition KeyPosition, TomlValue Value);
