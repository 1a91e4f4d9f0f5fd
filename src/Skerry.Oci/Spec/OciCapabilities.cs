namespace Skerry.Oci;

/// <summary>The five capability sets of capabilities(7), each a list of names such as <c>CAP_CHOWN</c>.</summary>
public sealed record OciCapabilities
{
    /// <summary>What exec may ever gain.</summary>
    public IReadOnlyList<string> Bounding { get; init => field = value ?? []; } = [];

    /// <summary>What the kernel checks.</summary>
    public IReadOnlyList<string> Effective { get; init => field = value ?? []; } = [];

    /// <summary>What survives exec of a file that inherits it.</summary>
    public IReadOnlyList<string> Inheritable { get; init => field = value ?? []; } = [];

    /// <summary>What may become effective.</summary>
    public IReadOnlyList<string> Permitted { get; init => field = value ?? []; } = [];

    /// <summary>What survives exec of an ordinary file.</summary>
    public IReadOnlyList<string> Ambient { get; init => field = value ?? []; } = [];
}
