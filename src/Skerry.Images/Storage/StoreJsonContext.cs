using System.Text.Json.Serialization;

namespace Skerry.Images.Storage;

/// <summary>The generated readers and writers of the store's own files.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true)]
[JsonSerializable(typeof(StoreIndexRecord))]
[JsonSerializable(typeof(LayerRecord))]
[JsonSerializable(typeof(ReferenceRecord))]
internal sealed partial class StoreJsonContext : JsonSerializerContext;
