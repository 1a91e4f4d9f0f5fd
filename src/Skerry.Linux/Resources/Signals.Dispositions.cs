using System.Runtime.InteropServices;

namespace Skerry.Linux;

public static partial class Signals
{
    private const nint SIG_IGN = 1;

    /// <summary>Has this process ignore a signal from now on. A child made by <see cref="Spawner"/> starts with every signal at its default.</summary>
    /// <exception cref="SyscallException">EINVAL for no such signal, or one that cannot be ignored.</exception>
    public static void Ignore(int signal)
    {
        if (NativeDisposition.Signal(signal, SIG_IGN) == -1)
        {
            throw SyscallException.Last("signal", NameOf(signal));
        }
    }

    private static partial class NativeDisposition
    {
        [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
        internal static partial nint Signal(int signal, nint handler);
    }
}
