namespace Skerry.Oci;

/// <summary>A namespace to make, or to join.</summary>
public sealed record OciNamespace
{
    /// <summary><c>pid</c>, <c>network</c>, <c>mount</c>, <c>ipc</c>, <c>uts</c>, <c>user</c>, <c>cgroup</c> or <c>time</c>.</summary>
    public string Type { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The namespace's file to join; null makes a new one.</summary>
    public string? Path { get; init; }
}
