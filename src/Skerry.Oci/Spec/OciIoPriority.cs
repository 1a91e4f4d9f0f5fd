namespace Skerry.Oci;

/// <summary>The arguments of ioprio_set(2).</summary>
public sealed record OciIoPriority
{
    /// <summary><c>IOPRIO_CLASS_RT</c>, <c>IOPRIO_CLASS_BE</c> or <c>IOPRIO_CLASS_IDLE</c>.</summary>
    public string Class { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>0 (highest) to 7 within the class.</summary>
    public int Priority { get; init; }
}
