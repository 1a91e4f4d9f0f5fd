namespace Skerry.Vsock.Engine;

/// <summary>How much we may still send on one connection: the peer's side of the flow control.</summary>
/// <remarks>Virtio 1.2, section 5.10.6.3. All counts wrap at 2^32. What the peer says is not believed beyond what is possible.</remarks>
internal struct SendCredit
{
    private uint _bufferBytes;
    private uint _consumed;
    private uint _sent;

    /// <summary>Bytes that may be sent now; 0 also when the peer has shrunk its buffer below what is under way.</summary>
    internal readonly uint Available
    {
        get
        {
            uint underWay = _sent - _consumed;
            return _bufferBytes > underWay ? _bufferBytes - underWay : 0;
        }
    }

    /// <summary>
    /// Takes what a packet says about the peer's buffer. A count of consumed bytes that goes back, or beyond what was sent, is passed over.
    /// </summary>
    internal void Update(uint bufferBytes, uint consumed)
    {
        _bufferBytes = bufferBytes;
        if (_sent - consumed <= _sent - _consumed)
        {
            _consumed = consumed;
        }
    }

    /// <summary>Counts bytes that were sent.</summary>
    internal void Send(int count) => _sent += (uint)count;
}
