namespace Skerry.Oci;

/// <summary>Who a process runs as, by number; names are resolved before a spec is written.</summary>
public sealed record OciUser
{
    /// <summary>The user id inside the container.</summary>
    public uint Uid { get; init; }

    /// <summary>The group id inside the container.</summary>
    public uint Gid { get; init; }

    /// <summary>The file mode creation mask, or null to keep it.</summary>
    public uint? Umask { get; init; }

    /// <summary>Supplementary groups.</summary>
    public IReadOnlyList<uint> AdditionalGids { get; init => field = value ?? []; } = [];

    /// <summary>The user's name; informative on Linux.</summary>
    public string? Username { get; init; }
}
