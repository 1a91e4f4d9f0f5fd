using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <remarks>
/// Own signals are heard through <see cref="PosixSignalRegistration"/>, which takes raw numbers too and runs its handler on a pool thread.
/// Not signalfd: it needs the signal blocked in every thread, and the runtime has threads before the first line of ours runs.
/// </remarks>
public static partial class Signals
{
#pragma warning disable CS1591 // The names say it: signal(7).
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGABRT = 6;
    public const int SIGKILL = 9;
    public const int SIGUSR1 = 10;
    public const int SIGSEGV = 11;
    public const int SIGUSR2 = 12;
    public const int SIGPIPE = 13;
    public const int SIGALRM = 14;
    public const int SIGTERM = 15;
    public const int SIGCHLD = 17;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGTSTP = 20;
    public const int SIGWINCH = 28;
    public const int SIGSYS = 31;
#pragma warning restore CS1591

    /// <summary>kill(2): a signal to a process by pid, to a process group by negative pid; false when there is none.</summary>
    /// <remarks>A pid may have come to mean another process: use <see cref="PidFd.SendSignal"/> where there is a descriptor.</remarks>
    /// <exception cref="SyscallException">EPERM; EINVAL for no such signal.</exception>
    public static bool Kill(int pid, int signal)
    {
        if (Native.Kill(pid, signal) == 0)
        {
            return true;
        }

        Errno error = Syscall.LastError;
        return error == Errno.ESRCH ? false : throw new SyscallException("kill", $"{NameOf(signal)} to {pid}", error);
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
        internal static partial int Kill(int pid, int signal);
    }
}
