using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Connected pairs of unix stream sockets.</summary>
public static partial class SocketPair
{
    private const int AF_UNIX = 1;
    private const int SOCK_STREAM = 1;
    private const int SOCK_CLOEXEC = 0x80000;

    /// <summary>A blocking, close-on-exec pair: what is written to one end is read from the other.</summary>
    /// <exception cref="SyscallException">EMFILE or ENFILE at the limit of open files.</exception>
    public static (FileDescriptor First, FileDescriptor Second) Create()
    {
        Span<int> ends = stackalloc int[2];
        Syscall.Check(Native.SocketPair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair", "for a new pair");
        return (new FileDescriptor(ends[0]), new FileDescriptor(ends[1]));
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
        internal static partial int SocketPair(int domain, int type, int protocol, Span<int> ends);
    }
}
