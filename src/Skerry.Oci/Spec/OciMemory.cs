using System.Text.Json.Serialization;

namespace Skerry.Oci;

/// <summary>Memory limits in bytes; -1 is no limit.</summary>
public sealed record OciMemory
{
    /// <summary>The limit of memory.</summary>
    public long? Limit { get; init; }

    /// <summary>The soft limit.</summary>
    public long? Reservation { get; init; }

    /// <summary>The limit of memory and swap together.</summary>
    public long? Swap { get; init; }

    /// <summary>The limit of kernel memory; obsolete.</summary>
    public long? Kernel { get; init; }

    /// <summary>The limit of TCP buffers; obsolete.</summary>
    [JsonPropertyName("kernelTCP")]
    public long? KernelTCP { get; init; }

    /// <summary>How willingly to swap, 0 to 100.</summary>
    public ulong? Swappiness { get; init; }

    /// <summary>True to pause instead of killing when memory runs out.</summary>
    [JsonPropertyName("disableOOMKiller")]
    public bool? DisableOOMKiller { get; init; }

    /// <summary>Cgroup v1's hierarchical accounting.</summary>
    public bool? UseHierarchy { get; init; }

    /// <summary>True to refuse a limit below the present use.</summary>
    public bool? CheckBeforeUpdate { get; init; }
}
