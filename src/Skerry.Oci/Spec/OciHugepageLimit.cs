namespace Skerry.Oci;

/// <summary>The limit of huge pages of one size.</summary>
public sealed record OciHugepageLimit
{
    /// <summary>The size, as <c>2MB</c>.</summary>
    public string PageSize { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Bytes.</summary>
    public ulong Limit { get; init; }
}
