namespace Skerry.Linux;

/// <summary>Kinds of namespaces and what threads share, as flags of clone3(2), unshare(2) and setns(2), from include/uapi/linux/sched.h.</summary>
[Flags]
public enum CloneFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Root, working directory and umask of a thread; needed before it enters a mount namespace.</summary>
    CLONE_FS = 0x200,

    /// <summary>Clocks.</summary>
    CLONE_NEWTIME = 0x80,

    /// <summary>Mounts.</summary>
    CLONE_NEWNS = 0x20000,

    /// <summary>The root of cgroups.</summary>
    CLONE_NEWCGROUP = 0x2000000,

    /// <summary>Host and domain name.</summary>
    CLONE_NEWUTS = 0x4000000,

    /// <summary>System V IPC and POSIX message queues.</summary>
    CLONE_NEWIPC = 0x8000000,

    /// <summary>Users and groups.</summary>
    CLONE_NEWUSER = 0x10000000,

    /// <summary>Process ids.</summary>
    CLONE_NEWPID = 0x20000000,

    /// <summary>Network devices, addresses, ports.</summary>
    CLONE_NEWNET = 0x40000000,
}
