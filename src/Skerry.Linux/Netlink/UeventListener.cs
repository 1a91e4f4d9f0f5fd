namespace Skerry.Linux.Netlink;

/// <summary>Hears the kernel's uevents.</summary>
/// <remarks>
/// To wait for a device: open the listener, look below /sys whether it is there, then read events until it is, and look again
/// whenever events were lost. One reader at a time.
/// </remarks>
public sealed class UeventListener : IDisposable
{
    private const uint KernelGroup = 1;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _buffer = new byte[NetlinkSocket.MaxDatagramBytes];

    private UeventListener(NetlinkSocket socket) => _socket = socket;

    /// <summary>Begins to listen: events from now on are kept until they are read, some 200 KiB of them.</summary>
    /// <exception cref="SyscallException">Descriptors ran out, or the kernel has no uevents.</exception>
    public static UeventListener Open() =>
        new(NetlinkSocket.Open(NetlinkConstants.NETLINK_KOBJECT_UEVENT, KernelGroup, nonBlocking: true));

    /// <summary>The next event; null when events were lost because nobody read them in time.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="SyscallException">The socket failed.</exception>
    public async ValueTask<Uevent?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int count = _socket.TryReceive(_buffer, out Errno error);
            if (count >= 0)
            {
                if (Uevent.Parse(_buffer.AsSpan(0, count)) is Uevent known)
                {
                    return known;
                }
            }
            else if (error == Errno.ENOBUFS)
            {
                return null;
            }
            else if (error == Errno.EAGAIN)
            {
                await Reactor.Shared.WaitReadableAsync(_socket, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                throw new SyscallException("recv", "of uevents", error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
