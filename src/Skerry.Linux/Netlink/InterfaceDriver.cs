using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Skerry.Linux.Netlink;

/// <summary>What the driver of an interface says of itself: the ioctl behind "ethtool -i", include/uapi/linux/ethtool.h.</summary>
/// <remarks>sysfs would say it too, but shows the interfaces of one namespace only: the one it was mounted in.</remarks>
/// <param name="Name">The driver, as in "iavf".</param>
/// <param name="BusInfo">Where on its bus the hardware is, a PCI address for most; empty for what is no hardware.</param>
public sealed partial record InterfaceDriver(string Name, string BusInfo)
{
    private const int AF_INET = 2;
    private const int SOCK_DGRAM = 2;
    private const int SOCK_CLOEXEC = 0x80000;
    internal const nuint SIOCETHTOOL = 0x8946;
    internal const uint ETHTOOL_GDRVINFO = 3;

    /// <summary>Asks in a namespace; null when the driver does not say, as that of the loopback.</summary>
    /// <param name="networkNamespace">The namespace, as an open file.</param>
    /// <param name="name">The interface.</param>
    /// <exception cref="SyscallException">ENODEV: there is no such interface.</exception>
    public static InterfaceDriver? ReadIn(SafeHandle networkNamespace, string name) => NetworkNamespace.Run(networkNamespace, () => Read(name));

    /// <summary>Asks in the namespace of the calling thread.</summary>
    private static unsafe InterfaceDriver? Read(string name)
    {
        int number = Native.Socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        Syscall.Check(number, "socket", "AF_INET");
        using var socket = new FileDescriptor(number);
        var answer = new DriverInfo { Command = ETHTOOL_GDRVINFO };

        // The answer is on this stack frame until the call has returned; the kernel writes no more than the structure.
        var request = new Request { Data = (nint)(&answer) };
        if (!Encoding.UTF8.TryGetBytes(name, ((Span<byte>)request.Name)[..^1], out _))
        {
            throw new SyscallException("ioctl", $"SIOCETHTOOL of \"{name}\"", Errno.ENODEV);
        }

        if (Native.Ioctl(socket, SIOCETHTOOL, ref request) >= 0)
        {
            return new InterfaceDriver(TextOf(answer.Driver), TextOf(answer.BusInfo));
        }

        return Syscall.LastError is Errno.EOPNOTSUPP ? null : throw SyscallException.Last("ioctl", $"SIOCETHTOOL of \"{name}\"");
    }

    private static string TextOf(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>struct ifreq, as far as SIOCETHTOOL uses it: a name, then a pointer.</summary>
    internal struct Request
    {
        public NameBytes Name;
        public nint Data;
        private readonly nint _rest;
        private readonly nint _last;
    }

    /// <summary>struct ethtool_drvinfo.</summary>
    internal struct DriverInfo
    {
        public uint Command;
        public FieldBytes Driver;
        public FieldBytes Version;
        public FieldBytes Firmware;
        public FieldBytes BusInfo;
        public FieldBytes Rom;
        public RestBytes Rest;
    }

    [InlineArray(16)]
    internal struct NameBytes
    {
        private byte _first;
    }

    [InlineArray(32)]
    internal struct FieldBytes
    {
        private byte _first;
    }

    [InlineArray(32)]
    internal struct RestBytes
    {
        private byte _first;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
        internal static partial int Socket(int family, int type, int protocol);

        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle socket, nuint request, ref Request argument);
    }
}
