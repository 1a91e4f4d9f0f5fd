using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Engine;

/// <summary>What we send. One sender at a time: it claims the output, fills buffers until there is nothing left, and so gives it back.</summary>
internal sealed partial class VsockEngine
{
    /// <summary>A packet is rather put into the next buffer than cut to less than this, in bytes.</summary>
    private const int SmallestCut = 4 << 10;

    private byte[]? _preamble;
    private bool _isOutputOpen;
    private bool _isSessionOpen;
    private bool _isOutputClaimed;
    private TaskCompletionSource? _outputReturned;

    /// <summary>Lets a carrier send, or not. The caller holds the lock.</summary>
    /// <param name="output">There is a carrier: the preamble may be sent.</param>
    /// <param name="session">The other side listens: packets may be sent as well.</param>
    internal void SetOpen(bool output, bool session)
    {
        _isOutputOpen = output;
        _isSessionOpen = session;
        _preamble = output ? _preamble : null;
    }

    /// <summary>Bytes of the carrier to be sent before anything else. Takes the place of such that wait. The caller holds the lock.</summary>
    internal void SetPreamble(byte[] preamble) => _preamble = preamble;

    /// <summary>Drops such bytes. The caller holds the lock.</summary>
    internal void ClearPreamble() => _preamble = null;

    /// <summary>True when there is something to send and nobody sends: the caller then sends until <see cref="Fill"/> returns 0.</summary>
    internal bool TryClaimOutput()
    {
        lock (_lock)
        {
            bool something = _preamble is not null || (_isSessionOpen && (_resets.Count > 0 || _ready.Count > 0));
            bool claimed = !_isOutputClaimed && _isOutputOpen && something;
            _isOutputClaimed |= claimed;
            return claimed;
        }
    }

    /// <summary>Gives the output back after an error, as <see cref="Fill"/> does when it returns 0.</summary>
    internal void ReturnOutput()
    {
        lock (_lock)
        {
            Return();
        }
    }

    /// <summary>Completes when nobody has the output; after <see cref="SetOpen"/> has closed it, so that nobody claims it again.</summary>
    internal Task OutputReturnedAsync()
    {
        lock (_lock)
        {
            if (!_isOutputClaimed)
            {
                return Task.CompletedTask;
            }

            _outputReturned ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _outputReturned.Task;
        }
    }

    /// <summary>Fills <paramref name="output"/> with what is to be sent next, whole packets; 0 gives the output back.</summary>
    /// <remarks><paramref name="output"/> holds at least one header and <see cref="SmallestCut"/>.</remarks>
    internal int Fill(Span<byte> output, ref WakeList wakes)
    {
        lock (_lock)
        {
            int written = _isOutputOpen ? WritePreamble(output) : 0;
            if (_isSessionOpen)
            {
                written += WriteResets(output[written..]);
                written += WriteConnections(output[written..], ref wakes);
            }

            if (written == 0)
            {
                Return();
            }

            return written;
        }
    }

    private void Return()
    {
        _isOutputClaimed = false;
        _outputReturned?.SetResult();
        _outputReturned = null;
    }

    private int WritePreamble(Span<byte> output)
    {
        if (_preamble is not { } preamble)
        {
            return 0;
        }

        int count = Math.Min(preamble.Length, output.Length);
        preamble.AsSpan(0, count).CopyTo(output);
        _preamble = count < preamble.Length ? preamble[count..] : null;
        return count;
    }

    private int WriteResets(Span<byte> output)
    {
        int written = 0;
        while (output.Length - written >= VsockHeader.Size && _resets.TryDequeue(out (uint LocalPort, uint PeerPort) reset))
        {
            var header = new VsockHeader
            {
                SourceCid = options.LocalCid,
                DestinationCid = options.PeerCid,
                SourcePort = reset.LocalPort,
                DestinationPort = reset.PeerPort,
                Type = VsockHeader.StreamType,
                Operation = VsockOperation.VIRTIO_VSOCK_OP_RST,
            };
            header.Write(output[written..]);
            written += VsockHeader.Size;
        }

        return written;
    }

    private int WriteConnections(Span<byte> output, ref WakeList wakes)
    {
        int written = 0;
        while (_ready.TryPeek(out VsockConnection? connection))
        {
            int count = connection.HasOutput ? WritePacket(connection, output[written..], isFirst: written == 0, ref wakes) : 0;
            if (count == 0 && connection.HasOutput)
            {
                break;
            }

            written += count;
            _ready.Dequeue();
            connection.IsQueued = false;
            MakeReady(connection);
        }

        return written;
    }

    /// <summary>Writes the next packet of <paramref name="connection"/>; 0 when it does not fit.</summary>
    private int WritePacket(VsockConnection connection, Span<byte> output, bool isFirst, ref WakeList wakes)
    {
        if (output.Length < VsockHeader.Size)
        {
            return 0;
        }

        OutgoingPackets handshake = connection.Outgoing & (OutgoingPackets.Request | OutgoingPackets.Response);
        if (handshake == OutgoingPackets.None && connection.CanSendData)
        {
            return WriteData(connection, output, isFirst, ref wakes);
        }

        VsockOperation operation = TakeOutgoing(connection);
        var flags = operation == VsockOperation.VIRTIO_VSOCK_OP_SHUTDOWN ? (uint)connection.LocalShutdown : 0;
        HeaderOf(connection, operation, 0, flags).Write(output);
        return VsockHeader.Size;
    }

    private int WriteData(VsockConnection connection, Span<byte> output, bool isFirst, ref WakeList wakes)
    {
        ReadOnlyMemory<byte> source = connection.Write.Source;
        int wanted = (int)Math.Min((uint)Math.Min(source.Length, options.MaxPayload), connection.SendCredit.Available);
        int count = Math.Min(wanted, output.Length - VsockHeader.Size);
        if (count < wanted && !isFirst && count < SmallestCut)
        {
            return 0;
        }

        connection.Outgoing &= ~(OutgoingPackets.CreditUpdate | OutgoingPackets.CreditRequest);
        HeaderOf(connection, VsockOperation.VIRTIO_VSOCK_OP_RW, count, 0).Write(output);
        source.Span[..count].CopyTo(output[VsockHeader.Size..]);
        connection.SendCredit.Send(count);
        connection.Write.Source = source[count..];
        if (count == source.Length)
        {
            connection.Write.Complete(0, ref wakes);
        }
        else
        {
            RequestCredit(connection);
        }

        return VsockHeader.Size + count;
    }

    /// <summary>Asks the peer for credit, once until it gives some, when bytes wait for it.</summary>
    private static void RequestCredit(VsockConnection connection)
    {
        if (connection is { IsCreditRequested: false, SendCredit.Available: 0, State: ConnectionState.Open })
        {
            connection.IsCreditRequested = true;
            connection.Outgoing |= OutgoingPackets.CreditRequest;
        }
    }

    /// <summary>Takes the next packet without payload off what the connection owes; SHUTDOWN is the last.</summary>
    private VsockOperation TakeOutgoing(VsockConnection connection)
    {
        OutgoingPackets next = connection.Outgoing & (OutgoingPackets)(-(int)connection.Outgoing);
        connection.Outgoing &= ~next;
        if (next == OutgoingPackets.Shutdown && connection.IsDisposed)
        {
            _departing--;
        }

        return next switch
        {
            OutgoingPackets.Request => VsockOperation.VIRTIO_VSOCK_OP_REQUEST,
            OutgoingPackets.Response => VsockOperation.VIRTIO_VSOCK_OP_RESPONSE,
            OutgoingPackets.CreditUpdate => VsockOperation.VIRTIO_VSOCK_OP_CREDIT_UPDATE,
            OutgoingPackets.CreditRequest => VsockOperation.VIRTIO_VSOCK_OP_CREDIT_REQUEST,
            OutgoingPackets.Shutdown => VsockOperation.VIRTIO_VSOCK_OP_SHUTDOWN,
            _ => throw new InvalidOperationException($"connection {connection.LocalPort}:{connection.PeerPort} has nothing to send"),
        };
    }

    private VsockHeader HeaderOf(VsockConnection connection, VsockOperation operation, int length, uint flags) => new()
    {
        SourceCid = options.LocalCid,
        DestinationCid = options.PeerCid,
        SourcePort = connection.LocalPort,
        DestinationPort = connection.PeerPort,
        Length = (uint)length,
        Type = VsockHeader.StreamType,
        Operation = operation,
        Flags = flags,
        BufferBytes = connection.ReceiveCredit.BufferBytes,
        ForwardCount = connection.ReceiveCredit.Advertise(),
    };
}
