namespace Skerry.Linux;

/// <summary>
/// A stream over a pipe, fifo, socket, terminal or character device, with truly asynchronous reads and writes: no thread is held
/// while it waits.
/// </summary>
/// <remarks>
/// The descriptor is switched to O_NONBLOCK, which every duplicate shares; it is switched back on dispose when the stream does not own
/// it. One read and one write may be under way at once. Dispose ends both with <see cref="ObjectDisposedException"/>.
/// The end of a pty master, which reads as EIO, is an end like any other.
/// </remarks>
public sealed class FdStream : Stream
{
    private readonly FileDescriptor _descriptor;
    private readonly FileDescriptor? _borrowed;
    private readonly bool _wasNonBlocking;
    private readonly Reactor _reactor;

    /// <summary>Streams over <paramref name="descriptor"/>.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="ownsHandle">False when someone else closes it.</param>
    /// <param name="reactor">What waits for it; null for <see cref="Reactor.Shared"/>.</param>
    /// <exception cref="SyscallException">The descriptor is closed.</exception>
    public FdStream(FileDescriptor descriptor, bool ownsHandle = true, Reactor? reactor = null)
    {
        _reactor = reactor ?? Reactor.Shared;
        _wasNonBlocking = descriptor.SetNonBlocking(true);
        if (ownsHandle)
        {
            _descriptor = descriptor;
            return;
        }

        // A handle of our own with the same number, so that dispose can close it while the lender's stays open.
        bool added = false;
        descriptor.DangerousAddRef(ref added);
        _borrowed = descriptor;
        _descriptor = new FileDescriptor(descriptor.Number, ownsHandle: false);
    }

    /// <summary>The descriptor beneath.</summary>
    public FileDescriptor Descriptor => _borrowed ?? _descriptor;

    /// <inheritdoc/>
    public override bool CanRead => !_descriptor.IsClosed;

    /// <inheritdoc/>
    public override bool CanWrite => !_descriptor.IsClosed;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what is there, waiting for the first byte; 0 at the end.</summary>
    /// <exception cref="IOException">read(2) failed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            int count = TryRead(buffer.Span);
            if (count >= 0)
            {
                return count;
            }

            await _reactor.WaitReadableAsync(_descriptor, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes all of <paramref name="buffer"/>.</summary>
    /// <exception cref="IOException">write(2) failed; its cause is EPIPE when nobody reads any more.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int count = TryWrite(buffer.Span);
            if (count >= 0)
            {
                buffer = buffer[count..];
                continue;
            }

            await _reactor.WaitWritableAsync(_descriptor, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int count;
        while ((count = TryRead(buffer)) < 0)
        {
            Poll.Wait(_descriptor, PollEvents.POLLIN, Timeout.InfiniteTimeSpan);
        }

        return count;
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = TryWrite(buffer);
            if (count < 0)
            {
                Poll.Wait(_descriptor, PollEvents.POLLOUT, Timeout.InfiniteTimeSpan);
                continue;
            }

            buffer = buffer[count..];
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_descriptor.IsClosed)
        {
            _reactor.Abandon(_descriptor);
            if (_borrowed is not null)
            {
                _borrowed.SetNonBlocking(_wasNonBlocking);
                _borrowed.DangerousRelease();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>The bytes read, 0 at the end, -1 when it has to wait.</summary>
    private int TryRead(Span<byte> buffer)
    {
        int count = _descriptor.TryRead(buffer, out Errno error);
        return count >= 0 ? count : error switch
        {
            Errno.EAGAIN => -1,
            Errno.EIO when Terminals.IsTerminal(_descriptor) => 0,
            _ => throw Failed("read", error),
        };
    }

    /// <summary>The bytes written, -1 when it has to wait.</summary>
    private int TryWrite(ReadOnlySpan<byte> buffer)
    {
        int count = _descriptor.TryWrite(buffer, out Errno error);
        return count >= 0 || error == Errno.EAGAIN ? count : throw Failed("write", error);
    }

    private IOException Failed(string call, Errno error)
    {
        var cause = new SyscallException(call, $"descriptor {_descriptor.Number}", error);
        return new IOException(cause.Message, cause);
    }
}
