using System.Text.Json.Serialization;

namespace Skerry.Images.Sources;

/// <summary>The generated reader of docker-archive's manifest.json, which spells its properties as C# does.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(DockerArchiveImage[]))]
internal sealed partial class DockerArchiveJsonContext : JsonSerializerContext;
