using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Skerry.Hypervisor.Qmp;

/// <summary>Bytes to messages and back; no I/O. QEMU serves a hostile guest, so its lines are bounded in length and depth.</summary>
internal static class QmpCodec
{
    /// <summary>Longest line accepted, in bytes: what we ask for is answered in a few hundred.</summary>
    internal const int MaxLineBytes = 64 * 1024;

    private const int MaxTextCharacters = 1024;
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 16 };

    /// <summary>Reads one line, without its newline.</summary>
    /// <exception cref="InvalidDataException">It is no QMP message.</exception>
    internal static QmpMessage Parse(ReadOnlyMemory<byte> line)
    {
        if (line.Length > MaxLineBytes)
        {
            throw new InvalidDataException($"a line of {line.Length} bytes");
        }

        if (!Utf8.IsValid(line.Span))
        {
            throw new InvalidDataException("a line that is not UTF-8"); // JsonDocument would only notice when a string is read.
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(line, s_options);
            return Interpret(document.RootElement);
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with an unpaired surrogate, which is only found when it is read.
            throw new InvalidDataException($"no QMP message: {Excerpt(line.Span)}", cause);
        }
    }

    /// <summary>A command as one line, its newline included.</summary>
    internal static byte[] Command(string name, ulong id, Action<Utf8JsonWriter>? arguments)
    {
        using var line = new MemoryStream();
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            writer.WriteString("execute", name);
            writer.WriteNumber("id", id);
            if (arguments is not null)
            {
                writer.WriteStartObject("arguments");
                arguments(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    private static QmpMessage Interpret(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"no QMP message: a JSON {root.ValueKind}");
        }

        if (root.TryGetProperty("event", out JsonElement name))
        {
            return new QmpMessage(QmpMessageKind.Event, null, Text(name), string.Empty, Copy(root, "data"));
        }

        if (root.TryGetProperty("return", out _))
        {
            return new QmpMessage(QmpMessageKind.Return, Id(root), string.Empty, string.Empty, Copy(root, "return"));
        }

        if (root.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.Object)
        {
            return new QmpMessage(QmpMessageKind.Error, Id(root), Text(Property(error, "class")), Text(Property(error, "desc")), default);
        }

        return root.TryGetProperty("QMP", out _)
            ? new QmpMessage(QmpMessageKind.Greeting, null, string.Empty, string.Empty, Copy(root, "QMP"))
            : throw new InvalidDataException("no QMP message: neither event, return, error nor greeting");
    }

    private static ulong? Id(JsonElement root) =>
        root.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.Number && id.TryGetUInt64(out ulong value) ? value : null;

    private static JsonElement Property(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) ? value : default;

    private static JsonElement Copy(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.Clone() : default;

    private static string Text(JsonElement value)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
        return text.Length <= MaxTextCharacters ? text : text[..MaxTextCharacters];
    }

    private static string Excerpt(ReadOnlySpan<byte> line) => Encoding.ASCII.GetString(line[..Math.Min(line.Length, 80)]);
}
