namespace Skerry.Linux;

/// <summary>What setrlimit(2) can limit, from include/uapi/asm-generic/resource.h.</summary>
public enum ResourceLimitKind
{
    /// <summary>CPU time in seconds.</summary>
    RLIMIT_CPU = 0,

    /// <summary>Size of a file in bytes.</summary>
    RLIMIT_FSIZE = 1,

    /// <summary>Data segment in bytes.</summary>
    RLIMIT_DATA = 2,

    /// <summary>Stack in bytes.</summary>
    RLIMIT_STACK = 3,

    /// <summary>Core dump in bytes.</summary>
    RLIMIT_CORE = 4,

    /// <summary>Resident set in bytes; no effect since Linux 2.4.30.</summary>
    RLIMIT_RSS = 5,

    /// <summary>Processes of the real user id.</summary>
    RLIMIT_NPROC = 6,

    /// <summary>One more than the highest file descriptor.</summary>
    RLIMIT_NOFILE = 7,

    /// <summary>Locked memory in bytes.</summary>
    RLIMIT_MEMLOCK = 8,

    /// <summary>Address space in bytes.</summary>
    RLIMIT_AS = 9,

    /// <summary>File locks; no effect since Linux 2.4.25.</summary>
    RLIMIT_LOCKS = 10,

    /// <summary>Queued signals of the real user id.</summary>
    RLIMIT_SIGPENDING = 11,

    /// <summary>Bytes in POSIX message queues.</summary>
    RLIMIT_MSGQUEUE = 12,

    /// <summary>Ceiling of the nice value, as 20 minus the value.</summary>
    RLIMIT_NICE = 13,

    /// <summary>Ceiling of the real-time priority.</summary>
    RLIMIT_RTPRIO = 14,

    /// <summary>CPU time in microseconds without a blocking call under a real-time policy.</summary>
    RLIMIT_RTTIME = 15,
}
