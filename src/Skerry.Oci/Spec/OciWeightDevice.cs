namespace Skerry.Oci;

/// <summary>The weight of one block device.</summary>
public sealed record OciWeightDevice
{
    /// <summary>The major number.</summary>
    public long Major { get; init; }

    /// <summary>The minor number.</summary>
    public long Minor { get; init; }

    /// <summary>The weight against siblings.</summary>
    public ushort? Weight { get; init; }

    /// <summary>The weight against child cgroups.</summary>
    public ushort? LeafWeight { get; init; }
}
