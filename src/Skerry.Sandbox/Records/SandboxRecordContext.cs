using System.Text.Json.Serialization;

namespace Skerry.Sandbox;

/// <summary>The JSON form of records.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SandboxRecord))]
internal sealed partial class SandboxRecordContext : JsonSerializerContext;
