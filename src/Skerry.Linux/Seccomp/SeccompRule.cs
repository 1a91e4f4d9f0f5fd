namespace Skerry.Linux.Seccomp;

/// <summary>What to do when one of some system calls is made, as in an OCI profile.</summary>
public sealed record SeccompRule
{
    /// <summary>Names of system calls; those an architecture does not know are passed over.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>One of the SCMP_ACT_ names.</summary>
    public required string Action { get; init; }

    /// <summary>The errno for SCMP_ACT_ERRNO, or the message for SCMP_ACT_TRACE; null is EPERM.</summary>
    public uint? ErrnoReturn { get; init; }

    /// <summary>Conditions that must all hold. Two conditions on one argument make every condition a rule of its own, as in runc.</summary>
    public IReadOnlyList<SeccompArgument> Arguments { get; init; } = [];
}
