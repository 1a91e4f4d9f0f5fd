namespace Skerry.Linux;

/// <summary>The capabilities of Linux by their number, from include/uapi/linux/capability.h (6.1).</summary>
public enum Capability
{
    /// <summary>Change the owner of any file.</summary>
    CAP_CHOWN = 0,

    /// <summary>Pass over permission checks when reading, writing and executing.</summary>
    CAP_DAC_OVERRIDE = 1,

    /// <summary>Pass over permission checks when reading files and searching directories.</summary>
    CAP_DAC_READ_SEARCH = 2,

    /// <summary>Act as the owner of any file.</summary>
    CAP_FOWNER = 3,

    /// <summary>Keep set-user-id and set-group-id bits when a file changes.</summary>
    CAP_FSETID = 4,

    /// <summary>Signal any process.</summary>
    CAP_KILL = 5,

    /// <summary>Change group ids.</summary>
    CAP_SETGID = 6,

    /// <summary>Change user ids.</summary>
    CAP_SETUID = 7,

    /// <summary>Change capability sets and the bounding set.</summary>
    CAP_SETPCAP = 8,

    /// <summary>Set the immutable and append-only attributes.</summary>
    CAP_LINUX_IMMUTABLE = 9,

    /// <summary>Bind ports below 1024.</summary>
    CAP_NET_BIND_SERVICE = 10,

    /// <summary>Broadcast and listen to multicast.</summary>
    CAP_NET_BROADCAST = 11,

    /// <summary>Configure the network.</summary>
    CAP_NET_ADMIN = 12,

    /// <summary>Use raw and packet sockets.</summary>
    CAP_NET_RAW = 13,

    /// <summary>Lock memory.</summary>
    CAP_IPC_LOCK = 14,

    /// <summary>Pass over permission checks of System V IPC.</summary>
    CAP_IPC_OWNER = 15,

    /// <summary>Load and unload kernel modules.</summary>
    CAP_SYS_MODULE = 16,

    /// <summary>Use I/O ports and raw devices.</summary>
    CAP_SYS_RAWIO = 17,

    /// <summary>Call chroot and enter mount namespaces.</summary>
    CAP_SYS_CHROOT = 18,

    /// <summary>Trace any process.</summary>
    CAP_SYS_PTRACE = 19,

    /// <summary>Switch process accounting.</summary>
    CAP_SYS_PACCT = 20,

    /// <summary>Mount, and administer much else.</summary>
    CAP_SYS_ADMIN = 21,

    /// <summary>Reboot, and load a kernel to boot.</summary>
    CAP_SYS_BOOT = 22,

    /// <summary>Raise priorities and set affinities.</summary>
    CAP_SYS_NICE = 23,

    /// <summary>Exceed resource limits.</summary>
    CAP_SYS_RESOURCE = 24,

    /// <summary>Set the clock.</summary>
    CAP_SYS_TIME = 25,

    /// <summary>Configure terminals.</summary>
    CAP_SYS_TTY_CONFIG = 26,

    /// <summary>Make device nodes.</summary>
    CAP_MKNOD = 27,

    /// <summary>Take leases on files.</summary>
    CAP_LEASE = 28,

    /// <summary>Write audit records.</summary>
    CAP_AUDIT_WRITE = 29,

    /// <summary>Configure auditing.</summary>
    CAP_AUDIT_CONTROL = 30,

    /// <summary>Set capabilities of files.</summary>
    CAP_SETFCAP = 31,

    /// <summary>Override mandatory access control.</summary>
    CAP_MAC_OVERRIDE = 32,

    /// <summary>Configure mandatory access control.</summary>
    CAP_MAC_ADMIN = 33,

    /// <summary>Use privileged syslog operations.</summary>
    CAP_SYSLOG = 34,

    /// <summary>Set timers that wake the machine.</summary>
    CAP_WAKE_ALARM = 35,

    /// <summary>Keep the machine from suspending.</summary>
    CAP_BLOCK_SUSPEND = 36,

    /// <summary>Read the audit log.</summary>
    CAP_AUDIT_READ = 37,

    /// <summary>Use performance monitoring.</summary>
    CAP_PERFMON = 38,

    /// <summary>Load BPF programs.</summary>
    CAP_BPF = 39,

    /// <summary>Checkpoint and restore processes.</summary>
    CAP_CHECKPOINT_RESTORE = 40,
}
