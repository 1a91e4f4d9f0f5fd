using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>Block device limits.</summary>
public sealed record OciBlockIo
{
    /// <summary>The weight against siblings, 10 to 1000.</summary>
    public ushort? Weight { get; init; }

    /// <summary>The weight against child cgroups.</summary>
    public ushort? LeafWeight { get; init; }

    /// <summary>Weights by device.</summary>
    public IReadOnlyList<OciWeightDevice> WeightDevice { get; init => field = value ?? []; } = [];

    /// <summary>Bytes per second read, by device.</summary>
    public IReadOnlyList<OciThrottleDevice> ThrottleReadBpsDevice { get; init => field = value ?? []; } = [];

    /// <summary>Bytes per second written, by device.</summary>
    public IReadOnlyList<OciThrottleDevice> ThrottleWriteBpsDevice { get; init => field = value ?? []; } = [];

    /// <summary>Reads per second, by device.</summary>
    [JsonPropertyName("throttleReadIOPSDevice")]
    public IReadOnlyList<OciThrottleDevice> ThrottleReadIOPSDevice { get; init => field = value ?? []; } = [];

    /// <summary>Writes per second, by device.</summary>
    [JsonPropertyName("throttleWriteIOPSDevice")]
    public IReadOnlyList<OciThrottleDevice> ThrottleWriteIOPSDevice { get; init => field = value ?? []; } = [];
}
