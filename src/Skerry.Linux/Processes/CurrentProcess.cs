using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Settings of this process or of the calling thread.</summary>
public static partial class CurrentProcess
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int PR_SET_NAME = 15;
    private const int PR_SET_CHILD_SUBREAPER = 36;
    private const int PR_SET_DUMPABLE = 4;

    /// <summary>The name of the calling thread, which for the first thread is the process's name in ps; cut to 15 bytes.</summary>
    public static void SetName(string name) => Syscall.Check(Native.Prctl(PR_SET_NAME, name, 0, 0, 0), "prctl", $"PR_SET_NAME \"{name}\"");

    /// <summary>The signal this process gets when the thread that made it ends; 0 for none.</summary>
    /// <remarks>Check <see cref="ParentId"/> afterwards: the parent may have ended before.</remarks>
    public static void SetParentDeathSignal(int signal) => Set(PR_SET_PDEATHSIG, signal, "PR_SET_PDEATHSIG");

    /// <summary>Makes this process, instead of PID 1, the parent of orphaned descendants.</summary>
    public static void SetChildSubreaper(bool enabled) => Set(PR_SET_CHILD_SUBREAPER, enabled ? 1 : 0, "PR_SET_CHILD_SUBREAPER");

    /// <summary>Whether other processes of the same user may trace this one and read its memory.</summary>
    public static void SetDumpable(bool enabled) => Set(PR_SET_DUMPABLE, enabled ? 1 : 0, "PR_SET_DUMPABLE");

    /// <summary>Sets the umask of the whole process and returns the one before.</summary>
    public static uint SetUmask(uint mask) => Native.Umask(mask);

    /// <summary>Begins a session of its own, without a controlling terminal.</summary>
    /// <exception cref="SyscallException">EPERM when the process leads a group already.</exception>
    public static void BeginSession() => Syscall.Check(Native.SetSid(), "setsid", "for this process");

    /// <summary>The parent's pid; 0 when it lives outside our pid namespace.</summary>
    public static int ParentId => Native.GetParentId();

    private static void Set(int option, int value, string name) => Syscall.Check(Native.Prctl(option, (nuint)value, 0, 0, 0), "prctl", $"{name} {value}");

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
        internal static partial int Prctl(int option, nuint argument, nuint third, nuint fourth, nuint fifth);

        [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Prctl(int option, string argument, nuint third, nuint fourth, nuint fifth);

        [LibraryImport("libc", EntryPoint = "umask")]
        internal static partial uint Umask(uint mask);

        [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
        internal static partial int SetSid();

        [LibraryImport("libc", EntryPoint = "getppid")]
        internal static partial int GetParentId();
    }
}
