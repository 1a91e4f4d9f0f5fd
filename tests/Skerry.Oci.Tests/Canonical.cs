using System.Text.Json;
using System.Text.Json.Nodes;

namespace Skerry.Oci.Tests;

/// <summary>Writes JSON with sorted keys, so that documents compare by content.</summary>
internal static class Canonical
{
    internal static string Json(string text) => Sort(JsonNode.Parse(text))!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sort(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sort)]),
        _ => node?.DeepClone(),
    };
}
