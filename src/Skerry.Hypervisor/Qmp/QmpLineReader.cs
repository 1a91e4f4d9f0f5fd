namespace Skerry.Hypervisor.Qmp;

/// <summary>Cuts a stream into lines, holding at most one line and one read of it.</summary>
/// <remarks>One reader at a time.</remarks>
internal sealed class QmpLineReader(Stream stream)
{
    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;

    /// <summary>The next line without its line end, valid until the next call; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The line is longer than <see cref="QmpCodec.MaxLineBytes"/>.</exception>
    internal async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        int scanned = 0;
        while (true)
        {
            int newline = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                return Take(scanned + newline);
            }

            scanned = _end - _start;
            MakeRoom(scanned);
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            _end += read;
        }
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, length);
        _start += length + 1;
        return line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;
    }

    private void MakeRoom(int unread)
    {
        if (unread >= QmpCodec.MaxLineBytes)
        {
            throw new InvalidDataException($"a line of more than {QmpCodec.MaxLineBytes} bytes");
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        byte[] target = unread > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, unread).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, unread);
    }
}
