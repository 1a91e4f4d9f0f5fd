namespace Skerry.Linux;

/// <summary>Limits by name. Enum.Parse would do the same by reflection, which costs the start of a guest some 10 ms.</summary>
internal static class ResourceLimitNames
{
    /// <summary>The limit of exactly that name; null for any other text.</summary>
    internal static ResourceLimitKind? Find(string name) => name switch
    {
        nameof(ResourceLimitKind.RLIMIT_CPU) => ResourceLimitKind.RLIMIT_CPU,
        nameof(ResourceLimitKind.RLIMIT_FSIZE) => ResourceLimitKind.RLIMIT_FSIZE,
        nameof(ResourceLimitKind.RLIMIT_DATA) => ResourceLimitKind.RLIMIT_DATA,
        nameof(ResourceLimitKind.RLIMIT_STACK) => ResourceLimitKind.RLIMIT_STACK,
        nameof(ResourceLimitKind.RLIMIT_CORE) => ResourceLimitKind.RLIMIT_CORE,
        nameof(ResourceLimitKind.RLIMIT_RSS) => ResourceLimitKind.RLIMIT_RSS,
        nameof(ResourceLimitKind.RLIMIT_NPROC) => ResourceLimitKind.RLIMIT_NPROC,
        nameof(ResourceLimitKind.RLIMIT_NOFILE) => ResourceLimitKind.RLIMIT_NOFILE,
        nameof(ResourceLimitKind.RLIMIT_MEMLOCK) => ResourceLimitKind.RLIMIT_MEMLOCK,
        nameof(ResourceLimitKind.RLIMIT_AS) => ResourceLimitKind.RLIMIT_AS,
        nameof(ResourceLimitKind.RLIMIT_LOCKS) => ResourceLimitKind.RLIMIT_LOCKS,
        nameof(ResourceLimitKind.RLIMIT_SIGPENDING) => ResourceLimitKind.RLIMIT_SIGPENDING,
        nameof(ResourceLimitKind.RLIMIT_MSGQUEUE) => ResourceLimitKind.RLIMIT_MSGQUEUE,
        nameof(ResourceLimitKind.RLIMIT_NICE) => ResourceLimitKind.RLIMIT_NICE,
        nameof(ResourceLimitKind.RLIMIT_RTPRIO) => ResourceLimitKind.RLIMIT_RTPRIO,
        nameof(ResourceLimitKind.RLIMIT_RTTIME) => ResourceLimitKind.RLIMIT_RTTIME,
        _ => null,
    };
}
