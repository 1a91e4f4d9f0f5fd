using Microsoft.Win32.SafeHandles;

namespace Skerry.Images.Streams;

/// <summary>A part of a file as a stream of its own; several can be read at once, since none moves the file's position.</summary>
internal sealed class SegmentStream(SafeFileHandle file, long start, long length) : ForwardStream
{
    private long _position;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, length - _position);
        int count = wanted == 0 ? 0 : RandomAccess.Read(file, buffer[..wanted], start + _position);
        _position += count;
        return count;
    }
}
