namespace Skerry.Oci;

/// <summary>One line of the device list.</summary>
public sealed record OciDeviceRule
{
    /// <summary>True to allow, false to deny.</summary>
    public bool Allow { get; init; }

    /// <summary><c>a</c> (all), <c>c</c> or <c>b</c>; null means all.</summary>
    public string? Type { get; init; }

    /// <summary>The major number; null means any.</summary>
    public long? Major { get; init; }

    /// <summary>The minor number; null means any.</summary>
    public long? Minor { get; init; }

    /// <summary>Letters of <c>r</c>, <c>w</c>, <c>m</c>.</summary>
    public string? Access { get; init; }
}
