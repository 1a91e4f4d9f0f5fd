namespace Skerry.Oci;

/// <summary>The execution domain of personality(2).</summary>
public sealed record OciPersonality
{
    /// <summary><c>LINUX</c> or <c>LINUX32</c>.</summary>
    public string Domain { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>None are defined yet.</summary>
    public IReadOnlyList<string> Flags { get; init => field = value ?? []; } = [];
}
