namespace Skerry.Oci;

/// <summary>The root file system of a container.</summary>
public sealed record OciRoot
{
    /// <summary>Its directory; relative to the bundle unless absolute.</summary>
    public string Path { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>True when the container must not write to it.</summary>
    public bool Readonly { get; init; }
}
