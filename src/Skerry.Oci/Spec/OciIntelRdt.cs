using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>Cache and memory bandwidth allocation of resctrl.</summary>
public sealed record OciIntelRdt
{
    /// <summary>The class of service.</summary>
    [JsonPropertyName("closID")]
    public string? ClosID { get; init; }

    /// <summary>The schema of the L3 cache.</summary>
    public string? L3CacheSchema { get; init; }

    /// <summary>The schema of memory bandwidth.</summary>
    public string? MemBwSchema { get; init; }

    /// <summary>True to monitor cache use.</summary>
    [JsonPropertyName("enableCMT")]
    public bool EnableCMT { get; init; }

    /// <summary>True to monitor memory bandwidth.</summary>
    [JsonPropertyName("enableMBM")]
    public bool EnableMBM { get; init; }
}
