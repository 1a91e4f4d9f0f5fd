using Skerry.Core;

namespace Skerry.Oci;

/// <summary>The capabilities containerd and Docker give by default, and how options change them.</summary>
public static class DefaultCapabilities
{
    /// <summary>The default set.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    /// <summary>Every capability of Linux 6.1, in the order of include/uapi/linux/capability.h.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK",
        "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE",
        "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>The default set with <paramref name="drop"/> taken away and then <paramref name="add"/> put in; <c>ALL</c> means every one.</summary>
    /// <remarks>A name may leave out <c>CAP_</c> and be in any case. Adding <c>ALL</c> and dropping a name gives all but that name.</remarks>
    /// <exception cref="SkerryException">InvalidArgument for a name the kernel does not know.</exception>
    public static IReadOnlyList<string> Change(IEnumerable<string> add, IEnumerable<string> drop)
    {
        string[] added = [.. add.Select(Normalize)];
        string[] dropped = [.. drop.Select(Normalize)];
        IEnumerable<string> start = added.Contains("ALL") ? All : dropped.Contains("ALL") ? [] : Names;
        var result = new HashSet<string>(start);
        result.ExceptWith(dropped);
        result.UnionWith(added.Where(name => name != "ALL"));
        return [.. All.Where(result.Contains)];
    }

    private static string Normalize(string name)
    {
        string upper = name.ToUpperInvariant();
        if (upper == "ALL")
        {
            return upper;
        }

        string full = upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : $"CAP_{upper}";
        return All.Contains(full)
            ? full
            : throw new SkerryException(FailureKind.InvalidArgument, $"unknown capability \"{name}\"", "see capabilities(7), or use ALL");
    }
}
