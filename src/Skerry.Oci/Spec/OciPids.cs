namespace Skerry.Oci;

/// <summary>The limit of tasks.</summary>
public sealed record OciPids
{
    /// <summary>How many; zero or less is no limit.</summary>
    public long Limit { get; init; }
}
