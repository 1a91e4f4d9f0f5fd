using System.Runtime.InteropServices;

namespace Skerry.Linux.Netlink;

/// <summary>Work in a network namespace. Sockets and devices opened there stay there; the calling thread never moves.</summary>
public static class NetworkNamespace
{
    private const string OwnPath = "/proc/thread-self/ns/net";

    /// <summary>Makes a namespace, with nothing but a loopback that is down; it lives as long as something refers to it.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN.</exception>
    public static FileDescriptor Create() => OnOwnThread("new-netns", () =>
    {
        Namespaces.Unshare(CloneFlags.CLONE_NEWNET);
        return FileDescriptor.Open(OwnPath, OpenFlags.O_RDONLY);
    });

    /// <summary>Runs <paramref name="work"/>, which must not await, on a thread inside the namespace, and waits for it.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; EINVAL when it is no network namespace.</exception>
    public static T Run<T>(SafeHandle networkNamespace, Func<T> work) => OnOwnThread("in-netns", () =>
    {
        Namespaces.Enter(networkNamespace, CloneFlags.CLONE_NEWNET);
        return work();
    });

    /// <summary>As <see cref="Run{T}"/>, without a result.</summary>
    public static void Run(SafeHandle networkNamespace, Action work) => Run(networkNamespace, () =>
    {
        work();
        return true;
    });

    /// <summary>Blocks for a few system calls at most, so callers need not be asynchronous for it.</summary>
    private static T OnOwnThread<T>(string name, Func<T> work) => DedicatedThread.RunAsync(name, work).GetAwaiter().GetResult();
}
