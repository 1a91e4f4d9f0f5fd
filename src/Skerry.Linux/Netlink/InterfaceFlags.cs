using System.Runtime.InteropServices;
using System.Text;

namespace Skerry.Linux;

/// <summary>Flags of network interfaces by ioctl, see netdevice(7): for a start that cannot wait for rtnetlink.</summary>
public static partial class InterfaceFlags
{
    private const int AF_INET = 2;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_CLOEXEC = 0x80000;
    private const nuint SIOCGIFFLAGS = 0x8913;
    private const nuint SIOCSIFFLAGS = 0x8914;
    private const int NameBytes = 16;
    private const int RequestBytes = 40;
    private const byte IFF_UP = 1;

    /// <summary>Switches an interface of the calling thread's namespace on.</summary>
    /// <exception cref="SyscallException">ENODEV; EPERM without CAP_NET_ADMIN.</exception>
    public static void SetUp(string name)
    {
        int number = Native.Socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        Syscall.Check(number, "socket", "AF_INET");
        using var socket = new FileDescriptor(number);

        // struct ifreq: the name with its final zero, then the flags.
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        if (Encoding.UTF8.GetByteCount(name) >= NameBytes)
        {
            throw new SyscallException("ioctl", $"SIOCGIFFLAGS of \"{name}\"", Errno.ENODEV);
        }

        Encoding.UTF8.GetBytes(name, request);
        Syscall.Check(Native.Ioctl(socket, SIOCGIFFLAGS, request), "ioctl", $"SIOCGIFFLAGS of \"{name}\"");
        request[NameBytes] |= IFF_UP;
        Syscall.Check(Native.Ioctl(socket, SIOCSIFFLAGS, request), "ioctl", $"SIOCSIFFLAGS of \"{name}\"");
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
        internal static partial int Socket(int family, int type, int protocol);

        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle socket, nuint request, Span<byte> argument);
    }
}
