using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// The fifo a process's input comes from. We hold a writing end ourselves, so that the input ends when the manager says so
/// (CloseIO), not when one client of several goes away.
/// </summary>
internal sealed class InputSource : IAsyncDisposable
{
    private readonly FdStream _stream;
    private readonly FileDescriptor _held;

    private InputSource(FdStream stream, FileDescriptor held)
    {
        _stream = stream;
        _held = held;
    }

    /// <summary>Opens a fifo's both ends; never waits for a writer.</summary>
    /// <exception cref="SyscallException">The fifo cannot be opened.</exception>
    internal static InputSource OpenFifo(string path)
    {
        FileDescriptor reader = FileDescriptor.Open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        try
        {
            return new InputSource(new FdStream(reader), FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK));
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Reads what is there, or waits; 0 after <see cref="Close"/> once every other writer has gone.</summary>
    internal ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _stream.ReadAsync(buffer, cancellationToken);

    /// <summary>Lets go of our writing end.</summary>
    internal void Close() => _held.Dispose();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _held.Dispose();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }
}
