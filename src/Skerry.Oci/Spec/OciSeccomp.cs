namespace Skerry.Oci;

/// <summary>A system call filter. Runtime-spec 1.1, config-linux.md "Seccomp".</summary>
public sealed record OciSeccomp
{
    /// <summary>What happens to calls not listed, as <c>SCMP_ACT_ERRNO</c>.</summary>
    public string DefaultAction { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>The errno of the default action, or null for EPERM.</summary>
    public uint? DefaultErrnoRet { get; init; }

    /// <summary>Names such as <c>SCMP_ARCH_X86_64</c>.</summary>
    public IReadOnlyList<string> Architectures { get; init => field = value ?? []; } = [];

    /// <summary>Names such as <c>SECCOMP_FILTER_FLAG_LOG</c>.</summary>
    public IReadOnlyList<string> Flags { get; init => field = value ?? []; } = [];

    /// <summary>A unix socket that gets the notification descriptor, or null.</summary>
    public string? ListenerPath { get; init; }

    /// <summary>Opaque text sent to the listener, or null.</summary>
    public string? ListenerMetadata { get; init; }

    /// <summary>The rules.</summary>
    public IReadOnlyList<OciSyscall> Syscalls { get; init => field = value ?? []; } = [];
}
