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
        bool isText = Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String;
        try
        {
            return isText ? Data.GetProperty(field).GetString()! : string.Empty;
        }
        catch (InvalidOperationException)
        {
            return string.Empty;
        }
    }
}
