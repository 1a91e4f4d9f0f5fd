namespace Skerry.Oci;

/// <summary>One program run at a moment of a container's life; it gets the container's state on standard input.</summary>
public sealed record OciHook
{
    /// <summary>The program: absolute.</summary>
    public string Path { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Its arguments, the name first.</summary>
    public IReadOnlyList<string> Args { get; init => field = value ?? []; } = [];

    /// <summary>Its whole environment as <c>KEY=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init => field = value ?? []; } = [];

    /// <summary>Seconds it may take, or null for no limit.</summary>
    public int? Timeout { get; init; }
}
