using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Namespaces of the calling thread: call these only on a <see cref="DedicatedThread"/>.</summary>
public static partial class Namespaces
{
    private static readonly (CloneFlags Kind, string Name)[] s_files =
    [
        (CloneFlags.CLONE_NEWNS, "mnt"),
        (CloneFlags.CLONE_NEWPID, "pid"),
        (CloneFlags.CLONE_NEWNET, "net"),
        (CloneFlags.CLONE_NEWIPC, "ipc"),
        (CloneFlags.CLONE_NEWUTS, "uts"),
        (CloneFlags.CLONE_NEWUSER, "user"),
        (CloneFlags.CLONE_NEWCGROUP, "cgroup"),
        (CloneFlags.CLONE_NEWTIME, "time"),
    ];

    /// <summary>Opens one namespace of a process.</summary>
    /// <exception cref="SyscallException">ENOENT when the process is gone; EACCES.</exception>
    public static FileDescriptor Open(int pid, CloneFlags kind) => FileDescriptor.Open($"/proc/{pid}/ns/{FileName(kind)}", OpenFlags.O_RDONLY);

    /// <summary>The name of a kind under /proc/PID/ns.</summary>
    /// <exception cref="ArgumentException">Not exactly one kind.</exception>
    public static string FileName(CloneFlags kind) =>
        Array.Find(s_files, file => file.Kind == kind).Name ?? throw new ArgumentException($"{kind} is not one namespace", nameof(kind));

    /// <summary>Moves the calling thread into a namespace, or into several of a process given by a <see cref="PidFd"/>.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; EINVAL when the descriptor is of another kind, or for a mount namespace while other threads share the file system context.</exception>
    public static void Enter(SafeHandle namespaceOrPidFd, CloneFlags kinds) =>
        Syscall.Check(Native.SetNs(namespaceOrPidFd, (int)kinds), "setns", $"to {kinds}");

    /// <summary>Gives the calling thread new namespaces; a new pid namespace begins with its next child.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; ENOSPC at the limit of namespaces.</exception>
    public static void Unshare(CloneFlags kinds) => Syscall.Check(Native.Unshare((int)kinds), "unshare", $"{kinds}");

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
        internal static partial int SetNs(SafeHandle descriptor, int kinds);

        [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
        internal static partial int Unshare(int kinds);
    }
}
