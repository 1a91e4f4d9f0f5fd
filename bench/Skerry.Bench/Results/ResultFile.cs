using System.Text.Json;
using System.Text.Json.Serialization;

namespace Skerry.Bench.Results;

/// <summary>Everything one run measured, as it is kept under bench/results.</summary>
public sealed record ResultFile
{
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>Processor, cores, kernel, accelerator: numbers of different machines do not compare.</summary>
    public required IReadOnlyDictionary<string, string> Machine { get; init; }

    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>What was repeated many times; null where nothing was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Trend>? Trends { get; init; }

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Format) + "\n");
}
