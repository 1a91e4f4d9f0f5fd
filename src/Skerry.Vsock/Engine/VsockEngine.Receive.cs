using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Engine;

/// <summary>What a packet of the peer does. The caller of everything here holds the lock.</summary>
internal sealed partial class VsockEngine
{
    private const string BrokenRule = "reset: the peer broke the protocol";

    /// <summary>Whose payload comes next; null to drop it.</summary>
    private VsockConnection? _payloadTarget;

    /// <summary>Takes the header of a packet; its payload follows by <see cref="ReceivePayload"/>.</summary>
    /// <exception cref="VsockProtocolException">No header of this channel: the bytes cannot be understood any more.</exception>
    internal void ReceiveHeader(in VsockHeader header, ref WakeList wakes)
    {
        RequirePlausible(header);
        _payloadTarget = null;
        if (!_connections.TryGetValue(VsockConnection.KeyOf(header.DestinationPort, header.SourcePort), out VsockConnection? connection))
        {
            ReceiveUnknown(header);
            return;
        }

        connection.SendCredit.Update(header.BufferBytes, header.ForwardCount);
        connection.IsCreditRequested &= connection.SendCredit.Available == 0;
        if (IsAllowed(connection, header))
        {
            ReceiveKnown(connection, header, ref wakes);
        }
        else
        {
            Reset(connection, BrokenRule, ref wakes);
            QueueReset(header.DestinationPort, header.SourcePort);
        }

        MakeReady(connection);
    }

    /// <summary>Takes some of the payload of the last header.</summary>
    internal void ReceivePayload(ReadOnlySpan<byte> payload, ref WakeList wakes)
    {
        if (_payloadTarget is not { IsDisposed: false, State: ConnectionState.Open } connection)
        {
            return;
        }

        if (connection.Read.IsPending)
        {
            payload = payload[DeliverDirectly(connection, payload, ref wakes)..];
        }

        if (!payload.IsEmpty)
        {
            connection.Received.Append(payload);
        }
    }

    /// <summary>Copies from the carrier's buffer straight into that of the waiting reader; a read into an empty buffer just learns of data.</summary>
    private int DeliverDirectly(VsockConnection connection, ReadOnlySpan<byte> payload, ref WakeList wakes)
    {
        int count = Math.Min(payload.Length, connection.Read.Destination.Length);
        payload[..count].CopyTo(connection.Read.Destination.Span);
        Consume(connection, count);
        connection.Read.Complete(count, ref wakes);
        return count;
    }

    private void Consume(VsockConnection connection, int count)
    {
        connection.ReceiveCredit.Consume(count);
        if (connection.ReceiveCredit.UpdateDue && connection.PeerSends && connection.State == ConnectionState.Open)
        {
            connection.Outgoing |= OutgoingPackets.CreditUpdate;
            MakeReady(connection);
        }
    }

    private void RequirePlausible(in VsockHeader header)
    {
        bool plausible = header.SourceCid == options.PeerCid
            && header.DestinationCid == options.LocalCid
            && header.Type == VsockHeader.StreamType
            && header.Operation is >= VsockOperation.VIRTIO_VSOCK_OP_REQUEST and <= VsockOperation.VIRTIO_VSOCK_OP_CREDIT_REQUEST
            && header.Length <= (header.Operation == VsockOperation.VIRTIO_VSOCK_OP_RW ? VsockHeader.MaxPayload : 0);
        if (!plausible)
        {
            throw new VsockProtocolException(
                $"the peer sent what is no vsock packet (cid {header.SourceCid} to {header.DestinationCid}, type {header.Type}, operation {(ushort)header.Operation}, {header.Length} bytes)");
        }
    }

    /// <summary>A packet for which there is no connection: a request, or an answer to something that is over.</summary>
    private void ReceiveUnknown(in VsockHeader header)
    {
        switch (header.Operation)
        {
            case VsockOperation.VIRTIO_VSOCK_OP_REQUEST when TryAccept(header):
            case VsockOperation.VIRTIO_VSOCK_OP_RST:
            case VsockOperation.VIRTIO_VSOCK_OP_CREDIT_UPDATE:
                return;
            default:
                QueueReset(header.DestinationPort, header.SourcePort);
                return;
        }
    }

    private bool TryAccept(in VsockHeader header)
    {
        if (_connections.Count + _departing >= options.MaxConnections || !_listeners.TryGetValue(header.DestinationPort, out VsockListener? listener))
        {
            return false;
        }

        var connection = new VsockConnection(this, header.DestinationPort, header.SourcePort, options.BufferBytes, ConnectionState.Open)
        {
            Outgoing = OutgoingPackets.Response,
        };
        connection.SendCredit.Update(header.BufferBytes, header.ForwardCount);
        if (!listener.TryOffer(new EngineStream(this, connection)))
        {
            return false;
        }

        _connections.Add(connection.Key, connection);
        MakeReady(connection);
        return true;
    }

    /// <summary>False when the peer may not send this packet in the connection's state, or has no credit for it.</summary>
    private static bool IsAllowed(VsockConnection connection, in VsockHeader header) => header.Operation switch
    {
        VsockOperation.VIRTIO_VSOCK_OP_REQUEST => false,
        VsockOperation.VIRTIO_VSOCK_OP_RESPONSE => connection.State == ConnectionState.Connecting,
        VsockOperation.VIRTIO_VSOCK_OP_RST => true,
        VsockOperation.VIRTIO_VSOCK_OP_RW =>
            connection.State == ConnectionState.Open && connection.PeerSends && connection.ReceiveCredit.TryReceive(header.Length),
        _ => connection.State == ConnectionState.Open,
    };

    private void ReceiveKnown(VsockConnection connection, in VsockHeader header, ref WakeList wakes)
    {
        switch (header.Operation)
        {
            case VsockOperation.VIRTIO_VSOCK_OP_RESPONSE:
                connection.State = ConnectionState.Open;
                connection.Connected?.TrySetResult();
                break;
            case VsockOperation.VIRTIO_VSOCK_OP_RST:
                Reset(connection, connection.State == ConnectionState.Connecting ? "refused: nobody listens there, or too many wait" : "reset by the peer", ref wakes);
                break;
            case VsockOperation.VIRTIO_VSOCK_OP_SHUTDOWN:
                ReceiveShutdown(connection, (VsockShutdown)header.Flags & VsockShutdown.Both, ref wakes);
                break;
            case VsockOperation.VIRTIO_VSOCK_OP_RW:
                _payloadTarget = connection;
                break;
            case VsockOperation.VIRTIO_VSOCK_OP_CREDIT_REQUEST:
                connection.Outgoing |= OutgoingPackets.CreditUpdate;
                break;
        }
    }

    private void ReceiveShutdown(VsockConnection connection, VsockShutdown shutdown, ref WakeList wakes)
    {
        connection.PeerShutdown |= shutdown;
        if (connection.PeerShutdown == VsockShutdown.Both)
        {
            _connections.Remove(connection.Key);
            connection.State = ConnectionState.Closed;
            connection.Outgoing = OutgoingPackets.None;
            QueueReset(connection.LocalPort, connection.PeerPort);
            EndOperations(connection, ref wakes);
            return;
        }

        if (connection.Read.IsPending && !connection.PeerSends)
        {
            connection.Read.Complete(0, ref wakes);
        }

        if (connection.Write.IsPending && !connection.PeerReceives)
        {
            connection.Write.Fail(ResetError(connection), ref wakes);
        }
    }
}
