namespace Skerry.Oci;

/// <summary>One resource limit of setrlimit(2).</summary>
public sealed record OciRlimit
{
    /// <summary>The name, as <c>RLIMIT_NOFILE</c>.</summary>
    public string Type { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The ceiling; the largest number means no limit.</summary>
    public ulong Hard { get; init; }

    /// <summary>The value in force; not above <see cref="Hard"/>.</summary>
    public ulong Soft { get; init; }
}
