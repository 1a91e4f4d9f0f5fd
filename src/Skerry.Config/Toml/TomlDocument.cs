namespace Skerry.Config.Toml;

/// <summary>What reading a TOML text gave: the table of everything that could be read, and every fault that was noticed.</summary>
/// <param name="Root">The root table; what stands in faulty statements is absent.</param>
/// <param name="Errors">The faults in the order of the text; empty when the text is valid.</param>
public sealed record TomlDocument(TomlTable Root, IReadOnlyList<TomlError> Errors)
{
    /// <summary>The longest text accepted, in bytes.</summary>
    public const int MaxSizeBytes = 1024 * 1024;

    /// <summary>The deepest nesting of arrays, inline tables and key parts accepted.</summary>
    public const int MaxDepth = 64;

    /// <summary>Reading stops after this many faults.</summary>
    public const int MaxErrors = 50;

    /// <summary>Reads <paramref name="utf8"/> as TOML 1.0.0 (https://toml.io/en/v1.0.0); never throws.</summary>
    public static TomlDocument Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxSizeBytes)
        {
            return Failed(new TomlPosition(1, 1), $"the text has {utf8.Length} bytes, more than the {MaxSizeBytes} accepted");
        }

        return Utf8Text.TryDecode(utf8, out string text, out TomlPosition bad)
            ? new TomlReader(text).Read()
            : Failed(bad, "invalid UTF-8: TOML files are UTF-8 text");
    }

    /// <summary>Reads <paramref name="text"/> as TOML 1.0.0.</summary>
    public static TomlDocument Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text));

    private static TomlDocument Failed(TomlPosition position, string message) =>
        new(new TomlTable(), [new TomlError(position, message)]);
}
