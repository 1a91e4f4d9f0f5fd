using System.Buffers;
using Skerry.Linux;
using Skerry.Vsock;

namespace Skerry.Agent.Processes;

/// <summary>
/// One output of a process: our end of its pipe, or the master of its terminal. It is either pumped into a stream the host
/// connected, or read by requests; the pipe itself is the bound of what waits.
/// </summary>
/// <remarks>
/// The output ends when every writer has closed it. A process may leave a child behind that holds it open: once the process has
/// exited, <see cref="SilenceLimit"/> without a byte ends it too.
/// </remarks>
internal sealed class ProcessOutput : IAsyncDisposable
{
    /// <summary>How long an output may be silent after its process has exited before it counts as drained.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromMilliseconds(500);

    private const int BufferBytes = 64 * 1024;

    private readonly FileDescriptor _source;
    private readonly CancellationTokenSource _exited = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _abandoned;
    private Task _pump = Task.CompletedTask;
    private long _movedBytes;

    /// <summary>Takes over our end; it is made non-blocking.</summary>
    public ProcessOutput(FileDescriptor source)
    {
        _source = source;
        source.SetNonBlocking(true);
    }

    /// <summary>Completes when nothing more will come and all of it has been handed on.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Bytes handed on so far: a pump whose number stands still is stalled by its reader.</summary>
    public long MovedBytes => Volatile.Read(ref _movedBytes);

    /// <summary>True when a stream of the host takes this output, false when requests read it.</summary>
    public bool IsPumped { get; private set; }

    /// <summary>Starts copying into <paramref name="destination"/>, which is shut down at the end and disposed; null throws the bytes away.</summary>
    public void PumpTo(VsockStream? destination)
    {
        IsPumped = true;
        _pump = PumpAsync(destination);
    }

    /// <summary>Tells that the process is gone: from now on silence counts.</summary>
    public void ProcessExited() => _exited.Cancel();

    /// <summary>Reads for a request: at least one byte, or none at the end.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(int maxBytes, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Clamp(maxBytes, 1, BufferBytes));
        try
        {
            int count = await ReadSomeAsync(buffer.AsMemory(0, Math.Clamp(maxBytes, 1, BufferBytes)), cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _movedBytes, MovedBytes + count);
            return buffer.AsSpan(0, count).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Gives up what is left, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _abandoned = true;
        await _exited.CancelAsync().ConfigureAwait(false);
        _source.Dispose();
        _drained.TrySetResult();
        await _pump.WaitAsync(SilenceLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_pump.IsCompleted)
        {
            _exited.Dispose();
        }
    }

    private async Task PumpAsync(VsockStream? destination)
    {
        try
        {
            await CopyAsync(destination).ConfigureAwait(false);
            destination?.ShutdownSend();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or SyscallException)
        {
            // The host dropped the stream or the container is gone: nobody is left to tell.
            _abandoned = true;
        }
        finally
        {
            _drained.TrySetResult();
            if (destination is not null)
            {
                await destination.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Copies until the end; waits without a buffer, so that a silent process costs none.</summary>
    private async Task CopyAsync(VsockStream? destination)
    {
        var copy = new OutputCopy(destination);
        while (await WaitForDataAsync(CancellationToken.None).ConfigureAwait(false))
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            try
            {
                if (await CopyWhatIsThereAsync(copy, buffer).ConfigureAwait(false))
                {
                    return;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>True at the end, false when there is nothing more for now.</summary>
    private async Task<bool> CopyWhatIsThereAsync(OutputCopy copy, byte[] buffer)
    {
        while (!_abandoned)
        {
            int count = TryRead(buffer);
            if (count <= 0)
            {
                return count == 0;
            }

            await copy.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            Volatile.Write(ref _movedBytes, MovedBytes + count);
        }

        return true;
    }

    private async Task<int> ReadSomeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!_drained.Task.IsCompleted)
        {
            int count = TryRead(buffer.Span);
            if (count > 0)
            {
                return count;
            }

            if (count == 0 || !await WaitForDataAsync(cancellationToken).ConfigureAwait(false))
            {
                _drained.TrySetResult();
            }
        }

        return 0;
    }

    /// <summary>Bytes read; 0 at the end, -1 when there is nothing yet. A terminal without a slave says EIO, which is its end.</summary>
    private int TryRead(Span<byte> buffer)
    {
        int count = _source.TryRead(buffer, out Errno error);
        return count >= 0 ? count : error is Errno.EAGAIN ? -1 : error is Errno.EIO ? 0 : throw new SyscallException("read", "an output of a process", error);
    }

    /// <summary>True when there may be something to read, false when the output has ended in silence.</summary>
    private async Task<bool> WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (!_exited.IsCancellationRequested)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_exited.Token, cancellationToken);
            if (await Reactor.Shared.TryWaitReadableAsync(_source, either.Token).ConfigureAwait(false))
            {
                return true;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        if (_abandoned)
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SilenceLimit);
        bool readable = await Reactor.Shared.TryWaitReadableAsync(_source, limit.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return readable && !_abandoned;
    }
}
