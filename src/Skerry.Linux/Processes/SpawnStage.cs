namespace Skerry.Linux;

/// <summary>Where on the way from clone to exec a child failed; the values of native/spawn.h.</summary>
public enum SpawnStage
{
    /// <summary>Not a failure: the child waits at its gate.</summary>
    Ready = 0,

    /// <summary>Making the process and its namespaces.</summary>
    Clone = 1,

    /// <summary>Placing the descriptors it inherits.</summary>
    Descriptors = 2,

    /// <summary>Entering a cgroup.</summary>
    Cgroup = 3,

    /// <summary>Entering a namespace of another process.</summary>
    JoinNamespace = 4,

    /// <summary>Beginning a namespace that only a running child can begin.</summary>
    NewNamespace = 5,

    /// <summary>Beginning a session.</summary>
    Session = 6,

    /// <summary>Setting host or domain name.</summary>
    HostName = 7,

    /// <summary>Cutting its mounts off from ours.</summary>
    Propagation = 8,

    /// <summary>Opening the new root directory.</summary>
    RootDirectory = 9,

    /// <summary>One of the mount steps.</summary>
    Mount = 10,

    /// <summary>One of the sysctls.</summary>
    Sysctl = 11,

    /// <summary>Setting oom_score_adj.</summary>
    OomScore = 12,

    /// <summary>Making the new root the root.</summary>
    SwitchRoot = 13,

    /// <summary>Making a terminal, or making it the controlling one.</summary>
    Terminal = 14,

    /// <summary>Changing to the working directory.</summary>
    WorkingDirectory = 15,

    /// <summary>One of the resource limits.</summary>
    ResourceLimit = 16,

    /// <summary>Switching user, group and groups.</summary>
    User = 17,

    /// <summary>Setting a capability set.</summary>
    Capabilities = 18,

    /// <summary>Setting no_new_privs.</summary>
    NoNewPrivileges = 19,

    /// <summary>Arming the parent death signal.</summary>
    ParentDeathSignal = 20,

    /// <summary>Looking the program up: ENOENT is a missing command, EACCES or EISDIR one that cannot be executed.</summary>
    FindProgram = 21,

    /// <summary>Installing the seccomp filter.</summary>
    Seccomp = 22,

    /// <summary>execve(2) itself.</summary>
    Exec = 23,

    /// <summary>Bringing the cloning thread back to its own pid namespace.</summary>
    RestoreNamespace = 24,
}
