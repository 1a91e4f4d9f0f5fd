using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>The machine's wall clock.</summary>
public static partial class MachineClock
{
    private const int CLOCK_REALTIME = 0;
    private const int CLOCK_BOOTTIME = 7;

    /// <summary>Sets the wall clock.</summary>
    /// <param name="seconds">Since 1970-01-01 UTC.</param>
    /// <param name="nanoseconds">0 to 999999999.</param>
    /// <exception cref="SyscallException">EINVAL out of range; EPERM without CAP_SYS_TIME.</exception>
    public static void Set(long seconds, long nanoseconds)
    {
        var time = new TimeSpec { Seconds = seconds, Nanoseconds = nanoseconds };
        Syscall.Check(Native.ClockSetTime(CLOCK_REALTIME, ref time), "clock_settime", $"CLOCK_REALTIME to {seconds} s");
    }

    /// <summary>Time since the kernel started.</summary>
    public static TimeSpan SinceBoot()
    {
        TimeSpec time = default;
        Syscall.Check(Native.ClockGetTime(CLOCK_BOOTTIME, ref time), "clock_gettime", "CLOCK_BOOTTIME");
        return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
    }

    /// <summary>How long this program has been running, the start of the managed runtime included.</summary>
    public static TimeSpan SinceStart() => SinceBoot() - TimeSpan.FromTicks(Native.StartedNs() / TimeSpan.NanosecondsPerTick);

    /// <summary>struct timespec.</summary>
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "clock_settime", SetLastError = true)]
        internal static partial int ClockSetTime(int clock, ref TimeSpec time);

        [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
        internal static partial int ClockGetTime(int clock, ref TimeSpec time);

        [LibraryImport("skerry_native", EntryPoint = "skerry_started_ns")]
        internal static partial long StartedNs();
    }
}
