using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>
/// A process to start, and everything that is to be true before its program runs. What is not named is inherited, except descriptors, signal
/// dispositions and the signal mask: the child has only the descriptors named here, every signal at its default, and none blocked.
/// </summary>
/// <remarks>The order of the steps is that of the table in native/child.c.</remarks>
public sealed record SpawnRequest
{
    /// <summary>Where a name without "/" is looked up when the environment has no PATH.</summary>
    public const string DefaultSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The program: a path, or a name looked up in the environment's PATH, as seen by the child.</summary>
    public required string Path { get; init; }

    /// <summary>The arguments, the program's name first.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary>The environment, each as "NAME=value".</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The working directory as seen by the child, or null for its parent's, "/" after a root switch.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Standard input; null is /dev/null.</summary>
    public SafeHandle? Stdin { get; init; }

    /// <summary>Standard output; null is /dev/null.</summary>
    public SafeHandle? Stdout { get; init; }

    /// <summary>Standard error; null is /dev/null.</summary>
    public SafeHandle? Stderr { get; init; }

    /// <summary>Further descriptors and the numbers, from 3, they have in the child.</summary>
    public IReadOnlyList<(SafeHandle Source, int Target)> InheritedDescriptors { get; init; } = [];

    /// <summary>Gives descriptors 0, 1 and 2 to <see cref="Uid"/>, so that the program can open /dev/stdout again.</summary>
    public bool OwnStdio { get; init; }

    /// <summary>Namespaces that begin with the child. A cgroup namespace begins after <see cref="CgroupProcsFiles"/>.</summary>
    public CloneFlags Namespaces { get; init; }

    /// <summary>Namespaces to enter, each by its descriptor, or several by a <see cref="PidFd"/>; users first, mounts last.</summary>
    public IReadOnlyList<(SafeHandle NsOrPidFd, CloneFlags Kind)> JoinNamespaces { get; init; } = [];

    /// <summary>The signal the child gets when this process ends, or 0. execve of a program with file capabilities clears it.</summary>
    public int ParentDeathSignal { get; init; }

    /// <summary>Begins a session.</summary>
    public bool NewSession { get; init; }

    /// <summary>Makes standard input the controlling terminal; needs <see cref="NewSession"/>.</summary>
    public bool ControllingTerminal { get; init; }

    /// <summary>
    /// Makes a new terminal from the child's own /dev/ptmx for descriptors 0 to 2, its controlling one, shown as /dev/console after a root
    /// switch; <see cref="SpawnedProcess.Terminal"/> is its master. Implies <see cref="NewSession"/>.
    /// </summary>
    public bool AllocateTerminal { get; init; }

    /// <summary>Files named cgroup.procs that the child writes "0" to before anything else.</summary>
    public IReadOnlyList<string> CgroupProcsFiles { get; init; } = [];

    /// <summary>The host name, for a UTS namespace of its own.</summary>
    public string? Hostname { get; init; }

    /// <summary>The NIS domain name, for a UTS namespace of its own.</summary>
    public string? DomainName { get; init; }

    /// <summary>The new root, or null.</summary>
    public RootSwitch? RootSwitch { get; init; }

    /// <summary>Steps that prepare the new root, in order.</summary>
    public IReadOnlyList<MountStep> MountSteps { get; init; } = [];

    /// <summary>Mounts of the parent's namespace still arrive (MS_REC|MS_SLAVE on "/"); otherwise a root switch cuts both ways.</summary>
    public bool SlavePropagation { get; init; }

    /// <summary>Kernel parameters by name ("net.ipv4.ip_forward" or with slashes), written in the child's namespaces.</summary>
    public IReadOnlyList<(string Key, string Value)> Sysctls { get; init; } = [];

    /// <summary>User id, or null for the parent's.</summary>
    public uint? Uid { get; init; }

    /// <summary>Group id, or null for the parent's.</summary>
    public uint? Gid { get; init; }

    /// <summary>Supplementary groups, or null for the parent's.</summary>
    public IReadOnlyList<uint>? SupplementaryGroups { get; init; }

    /// <summary>The five capability sets, or null for what the kernel makes of the user.</summary>
    public CapabilitySets? Capabilities { get; init; }

    /// <summary>Sets no_new_privs.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>A filter as an array of struct sock_filter, or null. With <see cref="NoNewPrivileges"/> it begins just before exec.</summary>
    public byte[]? SeccompFilter { get; init; }

    /// <summary>Flags of seccomp(2), SECCOMP_FILTER_FLAG_….</summary>
    public uint SeccompFlags { get; init; }

    /// <summary>Resource limits.</summary>
    public IReadOnlyList<ResourceLimit> ResourceLimits { get; init; } = [];

    /// <summary>oom_score_adj, -1000 to 1000, or null.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>Where resource limits and OOM score may not be set (no CAP_SYS_RESOURCE), goes as far as allowed instead of failing.</summary>
    public bool BestEffortLimits { get; init; }

    /// <summary>The umask, or null for the parent's.</summary>
    public uint? Umask { get; init; }

    /// <summary>The read end of a pipe: the child, ready, waits for one byte from it before exec; end of file makes it exit.</summary>
    public SafeHandle? StartGate { get; init; }
}
