using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Blocking waits for one descriptor, for threads that have nothing else to do; others use <see cref="Reactor"/>.</summary>
public static partial class Poll
{
    /// <summary>Blocks until one of <paramref name="events"/>, an error or a hang-up; <see cref="PollEvents.None"/> after <paramref name="timeout"/>.</summary>
    /// <param name="descriptor">What to watch.</param>
    /// <param name="events">What to wait for.</param>
    /// <param name="timeout">The limit, in whole milliseconds; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <exception cref="SyscallException">poll(2) failed.</exception>
    public static PollEvents Wait(SafeHandle descriptor, PollEvents events, TimeSpan timeout)
    {
        bool added = false;
        descriptor.DangerousAddRef(ref added);
        try
        {
            var watched = new PollFd { Number = (int)descriptor.DangerousGetHandle(), Events = (short)events };
            long start = Stopwatch.GetTimestamp();
            int count;
            do
            {
                count = Native.Poll(ref watched, 1, RemainingMs(timeout, start));
            }
            while (Syscall.Interrupted(count));

            Syscall.Check(count, "poll", $"descriptor {watched.Number}");
            return (PollEvents)watched.Returned;
        }
        finally
        {
            descriptor.DangerousRelease();
        }
    }

    private static int RemainingMs(TimeSpan timeout, long start) => timeout == Timeout.InfiniteTimeSpan
        ? -1
        : (int)Math.Clamp((timeout - Stopwatch.GetElapsedTime(start)).TotalMilliseconds, 0, int.MaxValue);

    /// <summary>struct pollfd.</summary>
    internal struct PollFd
    {
        public int Number;
        public short Events;
        public short Returned;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
        internal static partial int Poll(ref PollFd watched, nuint count, int timeoutMs);
    }
}
