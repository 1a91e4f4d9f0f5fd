using System.Text.Json;

namespace Skerry.Hypervisor.Qmp;

/// <summary>Something that happened in QEMU, as in SHUTDOWN with its reason.</summary>
/// <param name="Name">The event's name in capitals.</param>
/// <param name="Data">Its data; undefined when it has none.</param>
internal sealed record QmpEvent(string Name, JsonElement Data)
{
    /// <summary>A text field of the data; empty when there is no such text, or none that can be read (an unpaired surrogate).</summary>
    internal string Text(string field)
    {
        try
        {
            return Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : string.Empty;
        }
        catch (InvalidOperationException)
        {
            // Escapes are only looked at when names are compared and texts are read.
            return string.Empty;
        }
    }

    /// <summary>A whole number of the data; -1 when there is no such number.</summary>
    internal long Number(string field) => Field(field) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) ? number : -1;

    /// <summary>The event with an object of its data in the place of the data.</summary>
    internal QmpEvent Inside(string field) => this with { Data = Field(field) };

    private JsonElement Field(string field)
    {
        try
        {
            return Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(field, out JsonElement value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }
}
