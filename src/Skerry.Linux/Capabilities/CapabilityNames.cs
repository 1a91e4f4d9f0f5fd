namespace Skerry.Linux;

/// <summary>Capabilities by name. Enum.Parse would do the same by reflection, which costs the start of a guest some 10 ms.</summary>
internal static class CapabilityNames
{
    /// <summary>The capability of exactly that name; null for any other text.</summary>
    internal static Capability? Find(string name) => name switch
    {
        nameof(Capability.CAP_CHOWN) => Capability.CAP_CHOWN,
        nameof(Capability.CAP_DAC_OVERRIDE) => Capability.CAP_DAC_OVERRIDE,
        nameof(Capability.CAP_DAC_READ_SEARCH) => Capability.CAP_DAC_READ_SEARCH,
        nameof(Capability.CAP_FOWNER) => Capability.CAP_FOWNER,
        nameof(Capability.CAP_FSETID) => Capability.CAP_FSETID,
        nameof(Capability.CAP_KILL) => Capability.CAP_KILL,
        nameof(Capability.CAP_SETGID) => Capability.CAP_SETGID,
        nameof(Capability.CAP_SETUID) => Capability.CAP_SETUID,
        nameof(Capability.CAP_SETPCAP) => Capability.CAP_SETPCAP,
        nameof(Capability.CAP_LINUX_IMMUTABLE) => Capability.CAP_LINUX_IMMUTABLE,
        nameof(Capability.CAP_NET_BIND_SERVICE) => Capability.CAP_NET_BIND_SERVICE,
        nameof(Capability.CAP_NET_BROADCAST) => Capability.CAP_NET_BROADCAST,
        nameof(Capability.CAP_NET_ADMIN) => Capability.CAP_NET_ADMIN,
        nameof(Capability.CAP_NET_RAW) => Capability.CAP_NET_RAW,
        nameof(Capability.CAP_IPC_LOCK) => Capability.CAP_IPC_LOCK,
        nameof(Capability.CAP_IPC_OWNER) => Capability.CAP_IPC_OWNER,
        nameof(Capability.CAP_SYS_MODULE) => Capability.CAP_SYS_MODULE,
        nameof(Capability.CAP_SYS_RAWIO) => Capability.CAP_SYS_RAWIO,
        nameof(Capability.CAP_SYS_CHROOT) => Capability.CAP_SYS_CHROOT,
        nameof(Capability.CAP_SYS_PTRACE) => Capability.CAP_SYS_PTRACE,
        nameof(Capability.CAP_SYS_PACCT) => Capability.CAP_SYS_PACCT,
        nameof(Capability.CAP_SYS_ADMIN) => Capability.CAP_SYS_ADMIN,
        nameof(Capability.CAP_SYS_BOOT) => Capability.CAP_SYS_BOOT,
        nameof(Capability.CAP_SYS_NICE) => Capability.CAP_SYS_NICE,
        nameof(Capability.CAP_SYS_RESOURCE) => Capability.CAP_SYS_RESOURCE,
        nameof(Capability.CAP_SYS_TIME) => Capability.CAP_SYS_TIME,
        nameof(Capability.CAP_SYS_TTY_CONFIG) => Capability.CAP_SYS_TTY_CONFIG,
        nameof(Capability.CAP_MKNOD) => Capability.CAP_MKNOD,
        nameof(Capability.CAP_LEASE) => Capability.CAP_LEASE,
        nameof(Capability.CAP_AUDIT_WRITE) => Capability.CAP_AUDIT_WRITE,
        nameof(Capability.CAP_AUDIT_CONTROL) => Capability.CAP_AUDIT_CONTROL,
        nameof(Capability.CAP_SETFCAP) => Capability.CAP_SETFCAP,
        nameof(Capability.CAP_MAC_OVERRIDE) => Capability.CAP_MAC_OVERRIDE,
        nameof(Capability.CAP_MAC_ADMIN) => Capability.CAP_MAC_ADMIN,
        nameof(Capability.CAP_SYSLOG) => Capability.CAP_SYSLOG,
        nameof(Capability.CAP_WAKE_ALARM) => Capability.CAP_WAKE_ALARM,
        nameof(Capability.CAP_BLOCK_SUSPEND) => Capability.CAP_BLOCK_SUSPEND,
        nameof(Capability.CAP_AUDIT_READ) => Capability.CAP_AUDIT_READ,
        nameof(Capability.CAP_PERFMON) => Capability.CAP_PERFMON,
        nameof(Capability.CAP_BPF) => Capability.CAP_BPF,
        nameof(Capability.CAP_CHECKPOINT_RESTORE) => Capability.CAP_CHECKPOINT_RESTORE,
        _ => null,
    };
}
