namespace Skerry.Linux;

/// <summary>The five capability sets of a process, as masks.</summary>
/// <param name="Bounding">What the process and its children can ever gain.</param>
/// <param name="Effective">What the kernel checks.</param>
/// <param name="Inheritable">What can pass through execve with the file's inheritable set.</param>
/// <param name="Permitted">What may be made effective.</param>
/// <param name="Ambient">What passes through execve of plain files; each must be permitted and inheritable.</param>
public readonly record struct CapabilitySets(ulong Bounding, ulong Effective, ulong Inheritable, ulong Permitted, ulong Ambient)
{
    /// <summary>Every set empty: a process that can do nothing special, whatever its uid.</summary>
    public static CapabilitySets None => default;

    /// <summary>Every set the same.</summary>
    public static CapabilitySets Uniform(ulong mask) => new(mask, mask, mask, mask, mask);

    /// <summary>Makes the sets from the lists of names in an OCI process; null lists are empty.</summary>
    /// <param name="bounding">Names of the bounding set.</param>
    /// <param name="effective">Names of the effective set.</param>
    /// <param name="inheritable">Names of the inheritable set.</param>
    /// <param name="permitted">Names of the permitted set.</param>
    /// <param name="ambient">Names of the ambient set.</param>
    /// <param name="ignored">The unknown names and those the running kernel lacks, for one warning; they are not an error.</param>
    public static CapabilitySets FromNames(
        IEnumerable<string>? bounding,
        IEnumerable<string>? effective,
        IEnumerable<string>? inheritable,
        IEnumerable<string>? permitted,
        IEnumerable<string>? ambient,
        out IReadOnlyList<string> ignored)
    {
        var unknown = new List<string>();
        ulong supported = Capabilities.BoundingMax();
        var sets = new CapabilitySets(
            Capabilities.MaskOf(bounding, supported, unknown),
            Capabilities.MaskOf(effective, supported, unknown),
            Capabilities.MaskOf(inheritable, supported, unknown),
            Capabilities.MaskOf(permitted, supported, unknown),
            Capabilities.MaskOf(ambient, supported, unknown));
        ignored = unknown;
        return sets;
    }
}
