using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>Cgroup limits. Runtime-spec 1.1, config-linux.md "Control groups".</summary>
public sealed record OciResources
{
    /// <summary>Which devices may be used, later rules winning.</summary>
    public IReadOnlyList<OciDeviceRule> Devices { get; init => field = value ?? []; } = [];

    /// <summary>Memory limits, or null.</summary>
    public OciMemory? Memory { get; init; }

    /// <summary>Processor limits, or null.</summary>
    public OciCpu? Cpu { get; init; }

    /// <summary>The limit of tasks, or null.</summary>
    public OciPids? Pids { get; init; }

    /// <summary>Block device limits, or null.</summary>
    [JsonPropertyName("blockIO")]
    public OciBlockIo? BlockIO { get; init; }

    /// <summary>Limits of huge pages, by size.</summary>
    public IReadOnlyList<OciHugepageLimit> HugepageLimits { get; init => field = value ?? []; } = [];

    /// <summary>Network classes, or null.</summary>
    public OciNetwork? Network { get; init; }

    /// <summary>RDMA limits, by device.</summary>
    public IReadOnlyDictionary<string, OciRdma> Rdma { get; init => field = value ?? ReadOnlyDictionary<string, OciRdma>.Empty; } =
        ReadOnlyDictionary<string, OciRdma>.Empty;

    /// <summary>Files of the cgroup v2 and what to write to them.</summary>
    public IReadOnlyDictionary<string, string> Unified { get; init => field = value ?? ReadOnlyDictionary<string, string>.Empty; } =
        ReadOnlyDictionary<string, string>.Empty;
}
