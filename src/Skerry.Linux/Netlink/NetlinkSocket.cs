using System.Runtime.InteropServices;
using Skerry.Core;

namespace Skerry.Linux.Netlink;

/// <summary>A netlink socket: it belongs for good to the network namespace of the thread that opened it.</summary>
internal sealed partial class NetlinkSocket : FileDescriptor
{
    /// <summary>The kernel fills at most 32 KiB for a dump; notifications and uevents are smaller.</summary>
    internal const int MaxDatagramBytes = 64 * 1024;

    /// <summary>More than one notification about a link, an address or a route has.</summary>
    internal const int MaxNotificationBytes = 16 * 1024;

    private NetlinkSocket(int number)
        : base(number)
    {
    }

    /// <summary>Opens a socket of one netlink family, in some multicast groups (a mask of group n at bit n-1).</summary>
    /// <exception cref="SyscallException">EPROTONOSUPPORT: the kernel lacks the family; EPERM.</exception>
    internal static NetlinkSocket Open(int family, uint groups = 0, bool nonBlocking = false)
    {
        int kind = NetlinkConstants.SOCK_RAW | NetlinkConstants.SOCK_CLOEXEC | (nonBlocking ? NetlinkConstants.SOCK_NONBLOCK : 0);
        int number = Native.Socket(NetlinkConstants.AF_NETLINK, kind, family);
        Syscall.Check(number, "socket", $"netlink family {family}");
        var socket = new NetlinkSocket(number);
        var address = new SocketAddress { Family = NetlinkConstants.AF_NETLINK, Groups = groups };
        if (Native.Bind(socket, ref address, SocketAddressBytes) < 0)
        {
            SyscallException error = SyscallException.Last("bind", $"netlink family {family}");
            socket.Dispose();
            throw error;
        }

        return socket;
    }

    /// <summary>Asks for the reason of a refusal in words, and for refusals without the request in them; older kernels know neither.</summary>
    internal void WantReasons()
    {
        int on = 1;
        _ = Native.SetOption(this, NetlinkConstants.SOL_NETLINK, NetlinkConstants.NETLINK_EXT_ACK, ref on, sizeof(int));
        _ = Native.SetOption(this, NetlinkConstants.SOL_NETLINK, NetlinkConstants.NETLINK_CAP_ACK, ref on, sizeof(int));
    }

    /// <summary>
    /// Reads one datagram of the kernel into <paramref name="buffer"/>; -1 with the error when there is none. Datagrams of other
    /// processes are passed over.
    /// </summary>
    /// <exception cref="SkerryException">Internal: a datagram larger than the buffer.</exception>
    internal int TryReceive(Span<byte> buffer, out Errno error)
    {
        while (true)
        {
            SocketAddress sender = default;
            uint senderBytes = SocketAddressBytes;
            nint count = Native.Receive(this, buffer, (nuint)buffer.Length, NetlinkConstants.MSG_TRUNC, ref sender, ref senderBytes);
            error = count < 0 ? Syscall.LastError : Errno.None;
            if (count > buffer.Length)
            {
                throw new SkerryException(FailureKind.Internal, $"a netlink datagram has {count} bytes, more than {buffer.Length}");
            }

            if (error != Errno.EINTR && (count < 0 || sender.PortId == 0))
            {
                return (int)count;
            }
        }
    }

    private const uint SocketAddressBytes = 12;

    /// <summary>struct sockaddr_nl.</summary>
    internal struct SocketAddress
    {
        public ushort Family;
        public ushort Padding;
        public uint PortId;
        public uint Groups;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
        internal static partial int Socket(int domain, int type, int protocol);

        [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
        internal static partial int Bind(SafeHandle socket, ref SocketAddress address, uint size);

        [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
        internal static partial int SetOption(SafeHandle socket, int level, int option, ref int value, uint size);

        [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
        internal static partial nint Receive(SafeHandle socket, Span<byte> buffer, nuint size, int flags, ref SocketAddress sender, ref uint senderSize);
    }
}
