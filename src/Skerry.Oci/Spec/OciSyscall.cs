namespace Skerry.Oci;

/// <summary>One rule of a system call filter.</summary>
public sealed record OciSyscall
{
    /// <summary>The calls it is about.</summary>
    public IReadOnlyList<string> Names { get; init => field = value ?? []; } = [];

    /// <summary>What happens, as <c>SCMP_ACT_ALLOW</c>.</summary>
    public string Action { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The errno of the action, or null for EPERM.</summary>
    public uint? ErrnoRet { get; init; }

    /// <summary>Conditions, all of which must hold.</summary>
    public IReadOnlyList<OciSyscallArg> Args { get; init => field = value ?? []; } = [];
}
