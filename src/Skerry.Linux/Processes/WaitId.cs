using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>waitid(2).</summary>
internal static partial class WaitId
{
    private const int P_ALL = 0;
    private const int P_PID = 1;
    private const int P_PIDFD = 3;
    private const int WEXITED = 4;
    private const int WNOWAIT = 0x1000000;
    private const int CLD_EXITED = 1;

    /// <summary>Blocks until some child has ended, and leaves it to be reaped; 0 when there is no child.</summary>
    internal static int AnyEnded() => Wait(P_ALL, 0, WEXITED | WNOWAIT, out SignalInfo info) ? info.Pid : 0;

    /// <summary>Reaps the child with this pid; null when it is none of ours, or was reaped already.</summary>
    internal static ExitStatus? Reap(int pid) => Wait(P_PID, pid, WEXITED, out SignalInfo info) ? Status(info) : null;

    /// <summary>Reaps the child of this descriptor; null when it is none of ours, or was reaped already.</summary>
    internal static ExitStatus? Reap(PidFd process) => Wait(P_PIDFD, process.Number, WEXITED, out SignalInfo info) ? Status(info) : null;

    private static ExitStatus Status(SignalInfo info) => info.Code == CLD_EXITED ? ExitStatus.Exited(info.Status) : ExitStatus.Killed(info.Status);

    private static bool Wait(int kind, int id, int options, out SignalInfo info)
    {
        int result;
        do
        {
            info = default;
            result = Native.WaitId(kind, id, ref info, options);
        }
        while (Syscall.Interrupted(result));

        if (result < 0 && Syscall.LastError != Errno.ECHILD)
        {
            throw SyscallException.Last("waitid", $"for {kind}:{id}");
        }

        return result == 0;
    }

    /// <summary>siginfo_t as waitid fills it.</summary>
    internal struct SignalInfo
    {
        public int Signal;
        public int Error;
        public int Code;
        public int Padding;
        public int Pid;
        public uint Uid;
        public int Status;
        public Unused Rest;
    }

    [InlineArray(100)]
    internal struct Unused
    {
        private byte _first;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
        internal static partial int WaitId(int kind, int id, ref SignalInfo info, int options);
    }
}
