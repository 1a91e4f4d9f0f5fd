namespace Skerry.Oci;

/// <summary>What a person asked for on top of an image's own configuration.</summary>
public sealed record ImageProcessRequest
{
    /// <summary>Arguments after the image's name; empty takes the image's command.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>An entry point in place of the image's; an empty list removes it; null keeps it.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Additions to the environment as <c>KEY=value</c>; they win over the image's.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The working directory, or null for the image's.</summary>
    public string? Cwd { get; init; }

    /// <summary>The user as <c>user[:group]</c>, or null for the image's.</summary>
    public string? User { get; init; }

    /// <summary>True with a pseudo-terminal; sets TERM unless the image does.</summary>
    public bool Terminal { get; init; }
}
