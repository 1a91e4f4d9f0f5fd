using System.Text;
using System.Text.Json;

namespace Skerry.Oci;

/// <summary>
/// Finds a null that is an element of a list or a value of a map. The types say such a value cannot be null, and the JSON reader does
/// not enforce it; a null property, on the other hand, is Go's way of saying that the property is not set.
/// </summary>
internal static class NullEntries
{
    private static readonly string[] Maps =
        ["annotations", "sysctl", "unified", "rdma", "timeOffsets", "Labels", "ExposedPorts", "Volumes"];

    /// <summary>The path of the first such null; null when there is none.</summary>
    /// <exception cref="JsonException">The document is not valid JSON.</exception>
    internal static string? Find(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var frames = new Stack<Frame>();
        string? property = null;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    property = reader.GetString();
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    frames.Pop();
                    continue;
            }

            if (frames.TryPeek(out Frame? frame))
            {
                frame.Next(property);
                if (reader.TokenType == JsonTokenType.Null && frame.RefusesNull)
                {
                    return Path(frames);
                }
            }

            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                bool isMap = frame is { IsArray: false } && Maps.Contains(property);
                frames.Push(new Frame(reader.TokenType == JsonTokenType.StartArray, isMap));
            }
        }

        return null;
    }

    private static string Path(Stack<Frame> frames)
    {
        var path = new StringBuilder();
        foreach (Frame frame in frames.Reverse())
        {
            path.Append(frame.IsArray ? $"[{frame.Index}]" : path.Length == 0 ? frame.Property : $".{frame.Property}");
        }

        return path.ToString();
    }

    /// <summary>An open list or object, and where in it the reader stands.</summary>
    private sealed class Frame(bool isArray, bool isMap)
    {
        internal bool IsArray => isArray;

        internal bool RefusesNull => isArray || isMap;

        internal int Index { get; private set; } = -1;

        internal string? Property { get; private set; }

        internal void Next(string? property)
        {
            Index++;
            Property = property;
        }
    }
}
