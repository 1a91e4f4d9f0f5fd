namespace Skerry.Oci;

/// <summary>The RDMA limits of one device.</summary>
public sealed record OciRdma
{
    /// <summary>Handles.</summary>
    public uint? HcaHandles { get; init; }

    /// <summary>Objects.</summary>
    public uint? HcaObjects { get; init; }
}
