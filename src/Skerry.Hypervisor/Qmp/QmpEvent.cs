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
}
