using System.Runtime.InteropServices;
using Skerry.Core;

namespace Skerry.Linux.Netlink;

/// <summary>Configures the network of one namespace: links, addresses, routes, neighbours, traffic control. See rtnetlink(7).</summary>
/// <remarks>
/// The kernel answers inside the call, so nothing here is asynchronous. Safe for several threads: one request at a time. A refusal
/// is a <see cref="SyscallException"/> with the kernel's own words, where it gives any, as its hint.
/// </remarks>
public sealed partial class RouteNetlink : IDisposable
{
    private const int MaxInterruptedDumps = 16;

    private readonly NetlinkSocket _socket;
    private readonly Lock _lock = new();
    private readonly byte[] _buffer = new byte[NetlinkSocket.MaxDatagramBytes];
    private uint _sequence;

    private RouteNetlink(NetlinkSocket socket)
    {
        _socket = socket;
        _socket.WantReasons();
    }

    /// <summary>Opens the namespace of the calling thread.</summary>
    /// <exception cref="SyscallException">The kernel has no rtnetlink, or descriptors ran out.</exception>
    public static RouteNetlink Open() => new(NetlinkSocket.Open(NetlinkConstants.NETLINK_ROUTE));

    /// <summary>Opens another network namespace; the calling thread stays where it is.</summary>
    /// <param name="networkNamespace">A file such as /proc/PID/ns/net or /run/netns/NAME, opened.</param>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; EINVAL when it is no network namespace.</exception>
    public static RouteNetlink OpenIn(SafeHandle networkNamespace) => NetworkNamespace.Run(networkNamespace, Open);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Makes a value of one message of a dump; null leaves it out.</summary>
    private delegate T? Parser<T>(ushort type, ReadOnlySpan<byte> payload);

    /// <summary>Sends a request and waits until the kernel has done it.</summary>
    private void Execute(NetlinkWriter request, string subject)
    {
        Errno error = TryExecute(request, out string? reason);
        if (error != Errno.None)
        {
            throw new SyscallException("rtnetlink", subject, error, reason);
        }
    }

    /// <summary>As <see cref="Execute"/>, but returns the refusal and the kernel's words for it.</summary>
    private Errno TryExecute(NetlinkWriter request, out string? reason)
    {
        lock (_lock)
        {
            uint sequence = Send(request);
            while (true)
            {
                var reader = new NetlinkReader(_buffer.AsSpan(0, Receive()));
                while (reader.Next())
                {
                    if (reader.Sequence == sequence && reader.Type == NetlinkConstants.NLMSG_ERROR)
                    {
                        return NetlinkError.Parse(reader.Payload, reader.Flags, out reason);
                    }
                }
            }
        }
    }

    /// <summary>Sends a dump request and collects what it yields; a table that changed meanwhile is read again.</summary>
    private List<T> Dump<T>(Func<NetlinkWriter> request, string subject, Parser<T> parse)
        where T : class
    {
        lock (_lock)
        {
            for (int attempt = 0; attempt < MaxInterruptedDumps; attempt++)
            {
                var items = new List<T>();
                if (TryDump(request(), subject, parse, items))
                {
                    return items;
                }
            }
        }

        throw new SkerryException(FailureKind.Unavailable, $"rtnetlink {subject}: the table changed at each of {MaxInterruptedDumps} attempts to read it");
    }

    private bool TryDump<T>(NetlinkWriter request, string subject, Parser<T> parse, List<T> items)
        where T : class
    {
        uint sequence = Send(request);
        bool consistent = true;
        while (true)
        {
            var reader = new NetlinkReader(_buffer.AsSpan(0, Receive()));
            while (reader.Next())
            {
                if (reader.Sequence != sequence)
                {
                    continue;
                }

                consistent &= (reader.Flags & NetlinkConstants.NLM_F_DUMP_INTR) == 0;
                if (reader.Type == NetlinkConstants.NLMSG_DONE)
                {
                    return consistent;
                }

                if (reader.Type == NetlinkConstants.NLMSG_ERROR)
                {
                    Errno error = NetlinkError.Parse(reader.Payload, reader.Flags, out string? reason);
                    throw new SyscallException("rtnetlink", subject, error, reason);
                }

                if (parse(reader.Type, reader.Payload) is T item)
                {
                    items.Add(item);
                }
            }
        }
    }

    private uint Send(NetlinkWriter request)
    {
        uint sequence = ++_sequence;
        _socket.Write(request.Complete(sequence));
        return sequence;
    }

    private int Receive()
    {
        int count = _socket.TryReceive(_buffer, out Errno error);
        return count >= 0 ? count : throw new SyscallException("recv", "of rtnetlink", error);
    }
}
