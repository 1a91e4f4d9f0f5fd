namespace Skerry.Vsock.Engine;

/// <summary>How much the peer may still send on one connection: our side of the flow control.</summary>
/// <remarks>Virtio 1.2, section 5.10.6.3. All counts wrap at 2^32.</remarks>
internal struct ReceiveCredit(uint bufferBytes)
{
    private uint _received;
    private uint _consumed;
    private uint _advertised;

    /// <summary>Our receive buffer, in bytes (buf_alloc).</summary>
    internal readonly uint BufferBytes => bufferBytes;

    /// <summary>True when so much was consumed since the peer last heard of it that it must be told: a quarter of the buffer.</summary>
    internal readonly bool UpdateDue => _consumed - _advertised >= bufferBytes / 4;

    /// <summary>Counts a payload in; false when the peer had no credit for it.</summary>
    internal bool TryReceive(uint count)
    {
        if (count > bufferBytes - (_received - _consumed))
        {
            return false;
        }

        _received += count;
        return true;
    }

    /// <summary>Counts bytes that have left the buffer.</summary>
    internal void Consume(int count) => _consumed += (uint)count;

    /// <summary>The count to put into a packet (fwd_cnt); the peer knows it from then on.</summary>
    internal uint Advertise() => _advertised = _consumed;
}
