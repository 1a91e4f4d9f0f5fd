using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Ends the machine: for a program that is its PID 1.</summary>
public static partial class MachinePower
{
    private const int RB_POWER_OFF = 0x4321FEDC;

    /// <summary>Writes all dirty data to disk.</summary>
    public static void Sync() => Native.Sync();

    /// <summary>Switches the machine off; returns only when that fails.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_BOOT.</exception>
    public static void PowerOff() => Syscall.Check(Native.Reboot(RB_POWER_OFF), "reboot", "RB_POWER_OFF");

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "sync")]
        internal static partial void Sync();

        [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
        internal static partial int Reboot(int command);
    }
}
