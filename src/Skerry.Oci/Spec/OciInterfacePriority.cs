namespace Skerry.Oci;

/// <summary>The priority of traffic on one interface.</summary>
public sealed record OciInterfacePriority
{
    /// <summary>The interface.</summary>
    public string Name { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The priority.</summary>
    public uint Priority { get; init; }
}
