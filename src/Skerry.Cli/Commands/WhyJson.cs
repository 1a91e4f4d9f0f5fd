using System.Text.Json.Serialization;
using Skerry.Sandbox;

namespace Skerry.Cli.Commands;

/// <summary>The JSON form of <c>skerry why</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<SizeTerm>))]
internal sealed partial class WhyJson : JsonSerializerContext;
