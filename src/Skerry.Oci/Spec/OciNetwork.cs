using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>Network classes of cgroup v1.</summary>
public sealed record OciNetwork
{
    /// <summary>The tag of net_cls.</summary>
    [JsonPropertyName("classID")]
    public uint? ClassID { get; init; }

    /// <summary>Priorities of net_prio.</summary>
    public IReadOnlyList<OciInterfacePriority> Priorities { get; init => field = value ?? []; } = [];
}
