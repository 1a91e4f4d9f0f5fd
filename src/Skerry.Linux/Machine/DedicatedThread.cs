using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Runs work that changes the calling thread for good (setns, unshare, capabilities), or blocks it, on a thread that then ends.</summary>
public static class DedicatedThread
{
    private const int StackSizeBytes = 512 * 1024;

    /// <summary>Runs <paramref name="work"/>, which must not await, on a new thread named <paramref name="name"/> (15 bytes are shown).</summary>
    public static Task<T> RunAsync<T>(string name, Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            },
            StackSizeBytes)
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return done.Task;
    }

    /// <summary>Runs <paramref name="work"/>, which must not await, on a new thread for which paths lead as they do in another mount namespace.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="mountNamespaceOrPidFd">The namespace, or a process in it.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN and CAP_SYS_CHROOT; ESRCH when the process is gone.</exception>
    public static Task<T> InMountsAsync<T>(string name, SafeHandle mountNamespaceOrPidFd, Func<T> work) => RunAsync(name, () =>
    {
        Namespaces.Unshare(CloneFlags.CLONE_FS); // The kernel wants a thread with a root directory of its own.
        Namespaces.Enter(mountNamespaceOrPidFd, CloneFlags.CLONE_NEWNS);
        return work();
    });

    /// <summary>Runs <paramref name="work"/>, which must not await, on a new thread.</summary>
    public static Task RunAsync(string name, Action work) => RunAsync(name, () =>
    {
        work();
        return true;
    });
}
