using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// The fifo a process's input comes from. From the process's start we hold a writing end ourselves, so that the input ends when
/// the manager says so (CloseIO), not when one client of several goes away. A client that ends the input sooner cannot say
/// so, since there is nothing yet to say it to (<c>ctr</c> with a short or empty standard input): until the start, the
/// leaving of the last writer is the end; and so it is when after the start nobody comes at all.
/// </summary>
/// <remarks>
/// read(2) of a fifo gives 0 both before the first writer and after the last; only after the last poll(2) adds POLLHUP.
/// </remarks>
internal sealed class InputSource : IAsyncDisposable
{
    // Clients open their end before they ask for the process, so this only covers a loaded machine.
    private static readonly TimeSpan WriterPatience = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly FdStream _stream;

    private readonly Lock _lock = new();
    private FileDescriptor? _held;
    private bool _writerSeen;
    private bool _started;
    private bool _closed;

    private InputSource(string path, FdStream stream)
    {
        _path = path;
        _stream = stream;
    }

    /// <summary>Opens a fifo's reading end; never waits for a writer.</summary>
    /// <exception cref="SyscallException">The fifo cannot be opened.</exception>
    internal static InputSource OpenFifo(string path) =>
        new(path, new FdStream(FileDescriptor.Open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK)));

    /// <summary>Reads what is there, or waits; 0 at the end, after what was still in the fifo.</summary>
    internal async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        bool waitedInVain = false;
        while (true)
        {
            ValueTask<int> read = _stream.ReadAsync(buffer, cancellationToken);
            if (!read.IsCompleted)
            {
                // A fifo without writers answers at once; one that makes us wait has one.
                NoteWriter();
            }

            int count = await read.ConfigureAwait(false);
            if (count > 0)
            {
                NoteWriter();
                return count;
            }

            if (waitedInVain || WritersGone())
            {
                return 0;
            }

            waitedInVain = await WaitForWriterInVainAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The process starts: from now on only <see cref="Close"/> ends an input that has a writer.</summary>
    internal void Start()
    {
        lock (_lock)
        {
            _started = true;
            HoldIfNeeded();
        }
    }

    /// <summary>No more input: the end comes once every other writer has gone.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;

            // A writer that comes and goes leaves POLLHUP behind and wakes a reader that waits for the first one.
            FileDescriptor? writer = _held ?? TryOpenWriter();
            _held = null;
            writer?.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closed = true;
            _held?.Dispose();
            _held = null;
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private void NoteWriter()
    {
        lock (_lock)
        {
            _writerSeen = true;
            HoldIfNeeded();
        }
    }

    private void HoldIfNeeded()
    {
        if (_started && _writerSeen && !_closed && _held is null && !WritersGone())
        {
            _held = TryOpenWriter();
        }
    }

    private FileDescriptor? TryOpenWriter() =>
        FileDescriptor.TryOpen(_path, OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK, mode: 0, out _);

    private bool WritersGone() => (Poll.Wait(_stream.Descriptor, PollEvents.POLLIN, TimeSpan.Zero) & PollEvents.POLLHUP) != 0;

    /// <summary>True when the process runs for a while and still nobody has written or left.</summary>
    private async Task<bool> WaitForWriterInVainAsync(CancellationToken cancellationToken)
    {
        bool started = Volatile.Read(ref _started);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(WriterPatience);
        bool arrived = await Reactor.Shared.TryWaitReadableAsync(_stream.Descriptor, patience.Token).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return !arrived && started;
    }
}
