using System.Buffers;
using Skerry.Protocols.Ttrpc.Codec;

namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>Cuts the bytes of a connection into frames. One reader at a time; a body is valid until the next <see cref="FillAsync"/>.</summary>
/// <remarks>
/// Holds 4 KiB while idle. The buffer doubles as bytes arrive, up to one message: a peer that only announces a large message costs nothing.
/// </remarks>
internal sealed class FrameReader(Stream stream)
{
    private const int IdleBytes = 4 << 10;
    private const int LargestPooled = 64 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(IdleBytes);
    private int _start;
    private int _end;

    /// <summary>Takes the next frame out of the bytes at hand.</summary>
    internal FrameReadResult TryRead(out FrameHeader header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        int available = _end - _start;
        if (available < FrameHeader.Size)
        {
            return FrameReadResult.Incomplete;
        }

        header = FrameHeader.Read(_buffer.AsSpan(_start));
        if (header.Length > FrameHeader.MaxMessageLength)
        {
            return FrameReadResult.TooLarge;
        }

        int size = FrameHeader.Size + (int)header.Length;
        if (available < size)
        {
            return FrameReadResult.Incomplete;
        }

        body = _buffer.AsSpan(_start + FrameHeader.Size, (int)header.Length);
        _start += size;
        return FrameReadResult.Frame;
    }

    /// <summary>Waits for more bytes; false when the peer has closed the connection between two frames.</summary>
    /// <exception cref="EndOfStreamException">The peer closed the connection within a frame.</exception>
    internal async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        if (read == 0 && _start != _end)
        {
            throw new EndOfStreamException("the peer closed the connection within a frame");
        }

        return read > 0;
    }

    /// <summary>Gives the buffer back; no call may follow.</summary>
    internal void Release()
    {
        Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    private void MakeRoom()
    {
        int used = _end - _start;
        if (used == 0 && _buffer.Length > LargestPooled)
        {
            Replace(IdleBytes, used);
        }
        else if (used == _buffer.Length)
        {
            Replace(Math.Min(2 * _buffer.Length, FrameHeader.Size + FrameHeader.MaxMessageLength), used);
        }
        else if (used == 0)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start, used).CopyTo(_buffer);
            (_start, _end) = (0, used);
        }
    }

    private void Replace(int size, int used)
    {
        byte[] next = size <= LargestPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        _buffer.AsSpan(_start, used).CopyTo(next);
        Return(_buffer);
        _buffer = next;
        (_start, _end) = (0, used);
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length is > 0 and <= LargestPooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
