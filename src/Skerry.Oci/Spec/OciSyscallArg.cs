namespace Skerry.Oci;

/// <summary>A condition on one argument of a system call.</summary>
public sealed record OciSyscallArg
{
    /// <summary>Which argument, 0 to 5.</summary>
    public uint Index { get; init; }

    /// <summary>What to compare with; the mask for <c>SCMP_CMP_MASKED_EQ</c>.</summary>
    public ulong Value { get; init; }

    /// <summary>The wanted value under the mask.</summary>
    public ulong ValueTwo { get; init; }

    /// <summary>The comparison, as <c>SCMP_CMP_EQ</c>.</summary>
    public string Op { get; init => field = value ?? string.Empty; } = string.Empty;
}
