using System.Buffers;

namespace Skerry.Vsock.Engine;

/// <summary>Bytes that have arrived and are not read yet, in rented pieces; holds nothing while it is empty. Credit bounds its length.</summary>
internal sealed class ByteQueue
{
    private const int SmallPiece = 4 << 10;
    private const int LargePiece = 16 << 10;

    private readonly Queue<byte[]> _pieces = new(0);
    private byte[]? _last;
    private int _start;
    private int _end;

    /// <summary>Bytes in the queue.</summary>
    internal int Length { get; private set; }

    /// <summary>Adds a copy of <paramref name="bytes"/> at the end.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_last is null || _end == _last.Length)
            {
                _last = ArrayPool<byte>.Shared.Rent(bytes.Length <= SmallPiece ? SmallPiece : LargePiece);
                _pieces.Enqueue(_last);
                _end = 0;
            }

            int count = Math.Min(bytes.Length, _last.Length - _end);
            bytes[..count].CopyTo(_last.AsSpan(_end));
            _end += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Moves as many bytes as there are and fit into <paramref name="destination"/>; returns how many.</summary>
    internal int Take(Span<byte> destination)
    {
        int taken = 0;
        while (taken < destination.Length && Length > 0)
        {
            byte[] first = _pieces.Peek();
            int end = ReferenceEquals(first, _last) ? _end : first.Length;
            int count = Math.Min(destination.Length - taken, end - _start);
            first.AsSpan(_start, count).CopyTo(destination[taken..]);
            taken += count;
            Length -= count;
            _start += count;
            if (_start == end)
            {
                DropFirst();
            }
        }

        return taken;
    }

    /// <summary>Drops everything.</summary>
    internal void Clear()
    {
        Length = 0;
        while (_pieces.Count > 0)
        {
            DropFirst();
        }
    }

    private void DropFirst()
    {
        byte[] first = _pieces.Dequeue();
        if (ReferenceEquals(first, _last))
        {
            _last = null;
        }

        ArrayPool<byte>.Shared.Return(first);
        _start = 0;
    }
}
