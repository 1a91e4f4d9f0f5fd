using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>A descriptor of a process: unlike a pid it never comes to mean another process.</summary>
public sealed partial class PidFd : FileDescriptor
{
    internal PidFd(int number, int pid)
        : base(number) => Pid = pid;

    /// <summary>The pid the process has, or had, in our pid namespace.</summary>
    public int Pid { get; }

    /// <summary>Opens the process with this pid.</summary>
    /// <exception cref="SyscallException">ESRCH when there is none.</exception>
    public static PidFd Open(int pid) =>
        TryOpen(pid, out Errno error) ?? throw new SyscallException("pidfd_open", $"pid {pid}", error);

    /// <summary>Opens the process with this pid; null with the error, ESRCH when there is none.</summary>
    public static PidFd? TryOpen(int pid, out Errno error)
    {
        nint number = Native.PidFdOpen(SYS_pidfd_open, pid, 0);
        error = number < 0 ? Syscall.LastError : Errno.None;
        return number < 0 ? null : new PidFd((int)number, pid);
    }

    /// <summary>Sends a signal; false when the process has ended already.</summary>
    /// <exception cref="SyscallException">EPERM, or EINVAL for no such signal.</exception>
    public bool SendSignal(int signal)
    {
        if (Native.PidFdSendSignal(SYS_pidfd_send_signal, this, signal, 0, 0) == 0)
        {
            return true;
        }

        Errno error = Syscall.LastError;
        return error == Errno.ESRCH ? false : throw new SyscallException("pidfd_send_signal", $"{signal} to pid {Pid}", error);
    }

    /// <summary>True once the process has ended, reaped or not.</summary>
    public bool HasExited => Poll.Wait(this, PollEvents.POLLIN, TimeSpan.Zero) != PollEvents.None;

    /// <summary>Completes when the process has ended; does not reap it, and works for processes that are not our children.</summary>
    public async Task WaitExitAsync(CancellationToken cancellationToken)
    {
        while (!HasExited)
        {
            await Reactor.Shared.WaitReadableAsync(this, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A copy, in this process, of another process's descriptor.</summary>
    /// <param name="number">The number the descriptor has over there.</param>
    /// <exception cref="SyscallException">EPERM without the right to trace the process; EBADF.</exception>
    public FileDescriptor CopyDescriptor(int number)
    {
        nint copy = Native.PidFdGetFd(SYS_pidfd_getfd, this, number, 0);
        Syscall.Check(copy, "pidfd_getfd", $"descriptor {number} of pid {Pid}");
        return new FileDescriptor((int)copy);
    }

    private const nint SYS_pidfd_send_signal = 424;
    private const nint SYS_pidfd_open = 434;
    private const nint SYS_pidfd_getfd = 438;

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint PidFdOpen(nint call, int pid, uint flags);

        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint PidFdSendSignal(nint call, SafeHandle pidFd, int signal, nint info, uint flags);

        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint PidFdGetFd(nint call, SafeHandle pidFd, int number, uint flags);
    }
}
