using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Questions about terminals.</summary>
public static partial class Terminals
{
    /// <summary>True when <paramref name="descriptor"/> is a terminal or a pty's end.</summary>
    public static bool IsTerminal(SafeHandle descriptor) => Native.IsTty(descriptor) == 1;

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "isatty", SetLastError = true)]
        internal static partial int IsTty(SafeHandle descriptor);
    }
}
