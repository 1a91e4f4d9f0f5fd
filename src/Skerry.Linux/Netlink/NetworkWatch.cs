using System.Runtime.InteropServices;
using static Skerry.Linux.Netlink.NetlinkConstants;

namespace Skerry.Linux.Netlink;

/// <summary>Tells when links, addresses or routes of a namespace change; what changed is then read with <see cref="RouteNetlink"/>.</summary>
/// <remarks>Open the watch, read the state, then wait: a change in between ends the wait at once. One waiter at a time.</remarks>
public sealed class NetworkWatch : IDisposable
{
    private const uint Groups = (1u << ((int)RTNLGRP_LINK - 1))
        | (1u << ((int)RTNLGRP_IPV4_IFADDR - 1)) | (1u << ((int)RTNLGRP_IPV4_ROUTE - 1))
        | (1u << ((int)RTNLGRP_IPV6_IFADDR - 1)) | (1u << ((int)RTNLGRP_IPV6_ROUTE - 1));

    private readonly NetlinkSocket _socket;
    private readonly byte[] _buffer = new byte[NetlinkSocket.MaxNotificationBytes];

    private NetworkWatch(NetlinkSocket socket) => _socket = socket;

    /// <summary>Watches a namespace given as an open file.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; EINVAL when it is no network namespace.</exception>
    public static NetworkWatch OpenIn(SafeHandle networkNamespace) => NetworkNamespace.Run(networkNamespace, Open);

    /// <summary>Watches the namespace of the calling thread.</summary>
    /// <exception cref="SyscallException">Descriptors ran out.</exception>
    public static NetworkWatch Open() => new(NetlinkSocket.Open(NETLINK_ROUTE, Groups, nonBlocking: true));

    /// <summary>Completes when something has changed since the watch was opened or since the last wait; many changes may end one wait.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="SyscallException">The socket failed.</exception>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (!HasChanged())
        {
            await Reactor.Shared.WaitReadableAsync(_socket, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True when something has changed since the watch was opened, or since the last wait or question.</summary>
    /// <exception cref="SyscallException">The socket failed.</exception>
    public bool HasChanged()
    {
        lock (_socket)
        {
            return Drain();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Takes what is there; lost messages count as a change.</summary>
    private bool Drain()
    {
        bool changed = false;
        Errno error;
        while (_socket.TryReceive(_buffer, out error) >= 0 || error == Errno.ENOBUFS)
        {
            changed = true;
        }

        return error == Errno.EAGAIN ? changed : throw new SyscallException("recv", "of network changes", error);
    }
}
