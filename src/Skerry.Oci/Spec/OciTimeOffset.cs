namespace Skerry.Oci;

/// <summary>The offset of one clock of a time namespace.</summary>
public sealed record OciTimeOffset
{
    /// <summary>Seconds.</summary>
    public long Secs { get; init; }

    /// <summary>Nanoseconds.</summary>
    public uint Nanosecs { get; init; }
}
