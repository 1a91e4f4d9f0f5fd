using Skerry.Linux;

namespace Skerry.Agent.Containers;

/// <summary>The ipc and uts namespaces that all containers of the sandbox share, held by descriptors; and the pid namespace once there is one.</summary>
internal sealed class SharedNamespaces : IDisposable
{
    private SharedNamespaces(FileDescriptor ipc, FileDescriptor uts)
    {
        Ipc = ipc;
        Uts = uts;
    }

    /// <summary>System V IPC and message queues.</summary>
    public FileDescriptor Ipc { get; }

    /// <summary>The host name.</summary>
    public FileDescriptor Uts { get; }

    /// <summary>Process ids, when the sandbox shares them: the namespace of its first container's init.</summary>
    public FileDescriptor? Pid { get; set; }

    /// <summary>Makes the namespaces, with <paramref name="hostName"/> as the host's name.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; EINVAL for a name that is too long.</exception>
    public static Task<SharedNamespaces> CreateAsync(string hostName) => DedicatedThread.RunAsync("namespaces", () =>
    {
        Namespaces.Unshare(CloneFlags.CLONE_NEWIPC | CloneFlags.CLONE_NEWUTS);
        if (hostName.Length > 0)
        {
            HostName.Set(hostName);
        }

        return new SharedNamespaces(Open("ipc"), Open("uts"));
    });

    /// <summary>Lets go; a namespace ends with its last process.</summary>
    public void Dispose()
    {
        Ipc.Dispose();
        Uts.Dispose();
        Pid?.Dispose();
    }

    private static FileDescriptor Open(string name) => FileDescriptor.Open($"/proc/thread-self/ns/{name}", OpenFlags.O_RDONLY);
}
