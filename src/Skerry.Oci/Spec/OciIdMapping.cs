using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>A range of ids of a user namespace.</summary>
public sealed record OciIdMapping
{
    /// <summary>The first id inside.</summary>
    [JsonPropertyName("containerID")]
    public uint ContainerID { get; init; }

    /// <summary>The first id outside.</summary>
    [JsonPropertyName("hostID")]
    public uint HostID { get; init; }

    /// <summary>How many.</summary>
    public uint Size { get; init; }
}
