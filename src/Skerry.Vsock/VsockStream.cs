namespace Skerry.Vsock;

/// <summary>One connection between host and guest: a stream of bytes each way, with flow control, that can be shut down one way.</summary>
/// <remarks>
/// <para>
/// Reading: 0 bytes when the peer has shut down its sending side; <see cref="IOException"/> after a reset, once what had arrived is read.
/// A read into an empty buffer waits for data without taking any, so that an idle stream needs no buffer.
/// Writing: completes when the bytes are handed to the carrier, which waits for credit of the peer; <see cref="IOException"/> when the
/// peer does not receive any longer.
/// </para>
/// <para>One read and one write may be under way at a time, on any threads; what they await goes on inline, so do not block there for
/// long while holding something the other end needs. Disposing closes both directions and ends a pending read and write.</para>
/// </remarks>
public abstract class VsockStream : Stream
{
    /// <summary>The port on this side. For a stream opened by the host it is unique among the streams of the channel, and never 0.</summary>
    public abstract uint LocalPort { get; }

    /// <summary>The port on the other side.</summary>
    public abstract uint PeerPort { get; }

    /// <summary>Says that no more bytes follow: the peer reads what was written and then the end. Reading goes on. Safe to repeat.</summary>
    public abstract void ShutdownSend();

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException("a connection has no length");

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException("a connection has no position");
        set => throw new NotSupportedException("a connection has no position");
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("a connection cannot seek");

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("a connection has no length");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);
}
