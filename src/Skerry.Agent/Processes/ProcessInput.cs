using System.Buffers;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Vsock;

namespace Skerry.Agent.Processes;

/// <summary>The standard input of a process: our end of its pipe, or the master of its terminal.</summary>
/// <remarks>Closing a pipe is the end of input; a terminal stays open, since hanging it up would end the session.</remarks>
internal sealed class ProcessInput : IAsyncDisposable
{
    private const int BufferBytes = 32 * 1024;

    private readonly FileDescriptor _target;
    private readonly bool _terminal;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private VsockStream? _source;
    private Task _pump = Task.CompletedTask;

    /// <summary>Takes over our end; it is made non-blocking.</summary>
    public ProcessInput(FileDescriptor target, bool terminal)
    {
        _target = target;
        _terminal = terminal;
        target.SetNonBlocking(true);
    }

    /// <summary>Starts copying from <paramref name="source"/> until it ends; then the input is closed.</summary>
    public void PumpFrom(VsockStream source)
    {
        _source = source;
        _pump = PumpAsync(source);
    }

    /// <summary>Writes all of <paramref name="bytes"/> for a request.</summary>
    /// <exception cref="SkerryException">FailedPrecondition when the input is closed, by us or by the process.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            if (_closing.IsCancellationRequested || !await TryWriteAllAsync(bytes, either.Token).ConfigureAwait(false))
            {
                throw Closed();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Closed();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Ends the input; what was written before is still read. A write that waits for room ends.</summary>
    public void Close()
    {
        if (!_terminal && !_target.IsClosed)
        {
            _closing.Cancel();
            _target.Dispose();
        }
    }

    /// <summary>Ends the input, a terminal's too, and lets go of the host's stream.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _target.Dispose();
        if (_source is not null)
        {
            await _source.DisposeAsync().ConfigureAwait(false);
        }

        await _pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _writing.WaitAsync().ConfigureAwait(false);
        _writing.Dispose();
        _closing.Dispose();
    }

    private static SkerryException Closed() => new(FailureKind.FailedPrecondition, "cannot write to a standard input that is closed");

    private async Task PumpAsync(VsockStream source)
    {
        try
        {
            while (await CopyOnceAsync(source).ConfigureAwait(false))
            {
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A dropped stream is the end of input, like a closed one.
        }
        finally
        {
            Close();
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for data without holding a buffer, then copies what there is; false at the end.</summary>
    private async Task<bool> CopyOnceAsync(VsockStream source)
    {
        await source.ReadAsync(Memory<byte>.Empty, _closing.Token).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int count = await source.ReadAsync(buffer, _closing.Token).ConfigureAwait(false);
            return count > 0 && await TryWriteAllAsync(buffer.AsMemory(0, count), _closing.Token).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>False when nobody reads the input any more.</summary>
    private async Task<bool> TryWriteAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            int count = _target.TryWrite(bytes.Span, out Errno error);
            if (count >= 0)
            {
                bytes = bytes[count..];
            }
            else if (error is Errno.EAGAIN)
            {
                await Reactor.Shared.WaitWritableAsync(_target, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                return false;
            }
        }

        return true;
    }
}
