namespace Skerry.Oci;

/// <summary>The rate limit of one block device.</summary>
public sealed record OciThrottleDevice
{
    /// <summary>The major number.</summary>
    public long Major { get; init; }

    /// <summary>The minor number.</summary>
    public long Minor { get; init; }

    /// <summary>Bytes or operations per second.</summary>
    public ulong Rate { get; init; }
}
