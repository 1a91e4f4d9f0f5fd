namespace Skerry.Linux.Seccomp;

/// <summary>A system call policy with the names and the meaning of the OCI runtime spec 1.2, <c>linux.seccomp</c>.</summary>
public sealed record SeccompProfile
{
    /// <summary>What happens when no rule matches: one of the SCMP_ACT_ names.</summary>
    public required string DefaultAction { get; init; }

    /// <summary>The errno of a default SCMP_ACT_ERRNO; null is EPERM.</summary>
    public uint? DefaultErrnoReturn { get; init; }

    /// <summary>SCMP_ARCH_ names. The native architecture is always meant, also when the list is empty.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    /// <summary>SECCOMP_FILTER_FLAG_ names; null is the runtime's choice.</summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>The rules. A rule without conditions wins over those with; else the first that matches.</summary>
    public IReadOnlyList<SeccompRule> Syscalls { get; init; } = [];
}
