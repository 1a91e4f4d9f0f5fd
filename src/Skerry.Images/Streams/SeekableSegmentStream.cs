using Microsoft.Win32.SafeHandles;

namespace Skerry.Images.Streams;

/// <summary>A file read from front to back that lets the reader skip.</summary>
internal sealed class SeekableSegmentStream(SafeFileHandle file) : ForwardStream
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly long _length = RandomAccess.GetLength(file);
    private long _bufferStart;
    private int _bufferLength;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        long offset = Position - _bufferStart;
        if (offset < 0 || offset >= _bufferLength)
        {
            _bufferStart = Position;
            _bufferLength = RandomAccess.Read(file, _buffer, Position);
            offset = 0;
        }

        int count = Math.Min(buffer.Length, _bufferLength - (int)offset);
        _buffer.AsSpan((int)offset, count).CopyTo(buffer);
        Position += count;
        return count;
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => _length + offset,
    };
}
