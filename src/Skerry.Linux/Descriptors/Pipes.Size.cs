using System.Runtime.InteropServices;

namespace Skerry.Linux;

public static partial class Pipes
{
    private const int F_SETPIPE_SZ = 1031;

    /// <summary>Asks for room for <paramref name="sizeBytes"/> in a pipe; false when the kernel's limit forbids it and the size stays.</summary>
    public static bool TryResize(FileDescriptor end, int sizeBytes) => NativeSize.Fcntl(end, F_SETPIPE_SZ, sizeBytes) >= 0;

    private static partial class NativeSize
    {
        [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
        internal static partial int Fcntl(SafeHandle descriptor, int command, int argument);
    }
}
