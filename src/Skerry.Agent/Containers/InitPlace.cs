using Skerry.Linux;
using Skerry.Linux.Cgroups;

namespace Skerry.Agent.Containers;

/// <summary>Where the init of a container goes.</summary>
/// <param name="Cgroup">Its cgroup.</param>
/// <param name="Ipc">The ipc namespace it shares.</param>
/// <param name="Uts">The uts namespace it shares.</param>
/// <param name="Pid">The pid namespace it shares; null for one of its own.</param>
internal sealed record InitPlace(CgroupV2 Cgroup, FileDescriptor Ipc, FileDescriptor Uts, FileDescriptor? Pid)
{
    /// <summary>The namespaces to enter.</summary>
    public IReadOnlyList<(System.Runtime.InteropServices.SafeHandle NsOrPidFd, CloneFlags Kind)> Joins => Pid is null
        ? [(Ipc, CloneFlags.CLONE_NEWIPC), (Uts, CloneFlags.CLONE_NEWUTS)]
        : [(Ipc, CloneFlags.CLONE_NEWIPC), (Uts, CloneFlags.CLONE_NEWUTS), (Pid, CloneFlags.CLONE_NEWPID)];
}
