using Skerry.Core;

namespace Skerry.Linux.Seccomp;

/// <summary>The names an OCI profile uses, as the kernel's numbers.</summary>
/// <remarks>Values from include/uapi/linux/seccomp.h and audit.h.</remarks>
internal static class SeccompNames
{
    internal const uint SECCOMP_RET_KILL_PROCESS = 0x80000000;
    internal const uint SECCOMP_RET_KILL_THREAD = 0x00000000;
    internal const uint SECCOMP_RET_TRAP = 0x00030000;
    internal const uint SECCOMP_RET_ERRNO = 0x00050000;
    internal const uint SECCOMP_RET_TRACE = 0x7ff00000;
    internal const uint SECCOMP_RET_LOG = 0x7ffc0000;
    internal const uint SECCOMP_RET_ALLOW = 0x7fff0000;
    internal const uint SECCOMP_RET_DATA = 0x0000ffff;

    internal const uint SECCOMP_FILTER_FLAG_LOG = 1 << 1;
    internal const uint SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2;

    internal const uint EPERM = 1;
    internal const uint ENOSYS = 38;

    private static readonly string[] OtherArchitectures =
    [
        "SCMP_ARCH_ARM", "SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL",
        "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64", "SCMP_ARCH_PPC64LE", "SCMP_ARCH_S390",
        "SCMP_ARCH_S390X", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64", "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K",
        "SCMP_ARCH_SH", "SCMP_ARCH_SHEB",
    ];

    /// <summary>The return value of a filter for an action.</summary>
    /// <exception cref="SkerryException">InvalidArgument for an unknown name; Unimplemented for SCMP_ACT_NOTIFY.</exception>
    internal static uint ReturnValueOf(string action, uint? errnoReturn) => action switch
    {
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SECCOMP_RET_KILL_THREAD,
        "SCMP_ACT_KILL_PROCESS" => SECCOMP_RET_KILL_PROCESS,
        "SCMP_ACT_TRAP" => SECCOMP_RET_TRAP,
        "SCMP_ACT_ERRNO" => SECCOMP_RET_ERRNO | (errnoReturn ?? EPERM) & SECCOMP_RET_DATA,
        "SCMP_ACT_TRACE" => SECCOMP_RET_TRACE | (errnoReturn ?? EPERM) & SECCOMP_RET_DATA,
        "SCMP_ACT_LOG" => SECCOMP_RET_LOG,
        "SCMP_ACT_ALLOW" => SECCOMP_RET_ALLOW,
        "SCMP_ACT_NOTIFY" => throw new SkerryException(
            FailureKind.Unimplemented,
            "seccomp action SCMP_ACT_NOTIFY is not supported",
            "a seccomp agent would have to run inside the guest; use SCMP_ACT_ERRNO or SCMP_ACT_LOG"),
        _ => throw new SkerryException(FailureKind.InvalidArgument, $"seccomp action \"{action}\" is not known", "use one of the SCMP_ACT_ names of the OCI spec"),
    };

    /// <summary>
    /// The flags of seccomp(2). TSYNC is accepted and dropped: the filter is set in a process with one thread. Without a list
    /// the choice is SPEC_ALLOW, as in runc: speculation is the guest kernel's own affair.
    /// </summary>
    internal static uint FlagsOf(IReadOnlyList<string>? names)
    {
        uint flags = names is null ? SECCOMP_FILTER_FLAG_SPEC_ALLOW : 0;
        foreach (string name in names ?? [])
        {
            flags |= name switch
            {
                "SECCOMP_FILTER_FLAG_TSYNC" => 0,
                "SECCOMP_FILTER_FLAG_LOG" => SECCOMP_FILTER_FLAG_LOG,
                "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                _ => throw new SkerryException(FailureKind.InvalidArgument, $"seccomp flag \"{name}\" is not known"),
            };
        }

        return flags;
    }

    /// <summary>Refuses a list with a name that is no architecture at all; foreign ones are fine, their code never runs here.</summary>
    internal static void CheckArchitectures(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (name is not ("SCMP_ARCH_X86_64" or "SCMP_ARCH_X86" or "SCMP_ARCH_X32" or "SCMP_ARCH_NATIVE") && !OtherArchitectures.Contains(name))
            {
                throw new SkerryException(FailureKind.InvalidArgument, $"seccomp architecture \"{name}\" is not known", "use names such as SCMP_ARCH_X86_64");
            }
        }
    }
}
