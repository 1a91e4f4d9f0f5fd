using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// The end of what is written to a fifo. A manager opens its end when it gets round to it, and who opens a fifo to read waits for a
/// writer: after the last one left, for ever. So the writing end stays open until somebody reads, or until disposal.
/// </summary>
/// <remarks>Source: fifo(7), open(2) (ENXIO).</remarks>
/// <param name="writer">The writing end, from now on ours.</param>
/// <param name="reader">A reading end, from now on ours: while it is open, nothing that was written is lost.</param>
internal sealed class FifoEnd(FdStream writer, FileDescriptor reader) : IAsyncDisposable
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _disposing = new();
    private FileDescriptor? _reader = reader;
    private Task? _leaving;

    /// <summary>Nothing more is written: once somebody reads, he finds the end after the last byte. Returns at once.</summary>
    internal void Leave() => _leaving ??= LeaveAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync().ConfigureAwait(false);
        await (_leaving ?? Task.CompletedTask).ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
        _reader?.Dispose();
        _disposing.Dispose();
    }

    private async Task LeaveAsync()
    {
        _reader?.Dispose(); // Only others count now; what is in the pipe is held by the writing end.
        for (TimeSpan pause = FirstLook; !IsRead() && !_disposing.IsCancellationRequested; pause = pause * 2 < LongestLook ? pause * 2 : LongestLook)
        {
            await Task.Delay(pause, _disposing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // A reader that goes before it has read everything leaves the rest to the next one.
        _reader = FileDescriptor.TryOpen(writer.Descriptor.ProcPath, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0, out _);
        await writer.DisposeAsync().ConfigureAwait(false);
    }

    // Also true for one that waits in its open(2); this open lets it go on.
    private bool IsRead()
    {
        using FileDescriptor? second = FileDescriptor.TryOpen(writer.Descriptor.ProcPath, OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK, 0, out Errno error);
        return second is not null || error != Errno.ENXIO;
    }
}
