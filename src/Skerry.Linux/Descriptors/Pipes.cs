using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Anonymous pipes.</summary>
public static partial class Pipes
{
    /// <summary>A blocking, close-on-exec pipe.</summary>
    /// <exception cref="SyscallException">EMFILE or ENFILE at the limit of open files.</exception>
    public static (FileDescriptor Read, FileDescriptor Write) Create()
    {
        Span<int> ends = stackalloc int[2];
        Syscall.Check(Native.Pipe2(ends, (int)OpenFlags.O_CLOEXEC), "pipe2", "for a new pipe");
        return (new FileDescriptor(ends[0]), new FileDescriptor(ends[1]));
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
        internal static partial int Pipe2(Span<int> ends, int flags);
    }
}
