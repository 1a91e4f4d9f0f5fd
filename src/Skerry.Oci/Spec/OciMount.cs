namespace Skerry.Oci;

/// <summary>One mount, made in the order given. Runtime-spec 1.1, config.md "Mounts".</summary>
public sealed record OciMount
{
    /// <summary>Where it goes, seen from inside the container.</summary>
    public string Destination { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The file system type; null or <c>none</c> or <c>bind</c> for a bind mount.</summary>
    public string? Type { get; init; }

    /// <summary>The device, directory or file; null repeats the type.</summary>
    public string? Source { get; init; }

    /// <summary>Options in the words of mount(8).</summary>
    public IReadOnlyList<string> Options { get; init => field = value ?? []; } = [];

    /// <summary>User id mappings of an idmapped mount.</summary>
    public IReadOnlyList<OciIdMapping> UidMappings { get; init => field = value ?? []; } = [];

    /// <summary>Group id mappings of an idmapped mount.</summary>
    public IReadOnlyList<OciIdMapping> GidMappings { get; init => field = value ?? []; } = [];
}
