using System.Text.Json;

namespace Skerry.Oci;

/// <summary>Says in our own words where and why a document cannot be read: the framework's texts are stripped from AOT builds.</summary>
internal static class JsonFault
{
    internal static string Describe(string document, ReadOnlySpan<byte> json, JsonException error)
    {
        string where = $"line {error.LineNumber + 1 ?? 1}, column {error.BytePositionInLine + 1 ?? 1}";
        if (!IsWellFormed(json))
        {
            return $"{document}: not valid JSON at {where}{After(error.Path)}";
        }

        string path = Property(error.Path);
        return path.Length == 0
            ? $"{document}: expected an object at {where}"
            : $"{document}: {path}: the value at {where} does not have the expected type or is out of range";
    }

    /// <summary><c>$.process.args[0]</c> as <c>process.args[0]</c>.</summary>
    private static string Property(string? path) => path is null ? string.Empty : path.TrimStart('$').TrimStart('.');

    private static string After(string? path) => Property(path) is { Length: > 0 } property ? $" (in {property})" : string.Empty;

    private static bool IsWellFormed(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
