using System.Buffers;
using System.Text;

namespace Skerry.Config.Toml;

/// <summary>Decodes UTF-8 strictly, naming the line and column of the first bad byte.</summary>
internal static class Utf8Text
{
    /// <summary>Decodes <paramref name="utf8"/> without its byte-order mark; false with the place of the first invalid sequence.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> utf8, out string text, out TomlPosition bad)
    {
        bad = default;
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        var builder = new StringBuilder(utf8.Length);
        int line = 1;
        int column = 1;
        Span<char> units = stackalloc char[2];
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int consumed) != OperationStatus.Done)
            {
                text = string.Empty;
                bad = new TomlPosition(line, column);
                return false;
            }

            builder.Append(units[..rune.EncodeToUtf16(units)]);
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
            utf8 = utf8[consumed..];
        }

        text = builder.ToString();
        return true;
    }
}
