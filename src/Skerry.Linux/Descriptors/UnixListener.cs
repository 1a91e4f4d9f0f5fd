using System.Runtime.InteropServices;
using System.Text;

namespace Skerry.Linux;

/// <summary>Listening unix sockets as plain descriptors, to hand to another process. Unlike .NET's, closing one leaves its path alone.</summary>
public static partial class UnixListener
{
    /// <summary>The longest path, in bytes: sun_path of include/uapi/linux/un.h without its terminating zero.</summary>
    public const int MaxPathBytes = 107;
    private const int AF_UNIX = 1;
    private const int SOCK_STREAM = 1;
    private const int SOCK_CLOEXEC = 0x80000;

    /// <summary>Binds a stream socket to <paramref name="path"/>, which must not exist, and listens.</summary>
    /// <exception cref="SyscallException">EADDRINUSE when the path exists; ENAMETOOLONG when it is longer than <see cref="MaxPathBytes"/>.</exception>
    public static FileDescriptor Open(string path, int backlog)
    {
        byte[] address = Address(path);
        int number = Native.Socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        Syscall.Check(number, "socket", $"for \"{path}\"");
        var socket = new FileDescriptor(number);
        try
        {
            Syscall.Check(Native.Bind(socket, address, address.Length), "bind", $"\"{path}\"");
            Syscall.Check(Native.Listen(socket, backlog), "listen", $"\"{path}\"");
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static byte[] Address(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        return name.Length is > 0 and <= MaxPathBytes
            ? [AF_UNIX, 0, .. name, 0]
            : throw new SyscallException("bind", $"\"{path}\", which is longer than {MaxPathBytes} bytes", Errno.ENAMETOOLONG);
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
        internal static partial int Socket(int domain, int type, int protocol);

        [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
        internal static partial int Bind(SafeHandle socket, byte[] address, int length);

        [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
        internal static partial int Listen(SafeHandle socket, int backlog);
    }
}
