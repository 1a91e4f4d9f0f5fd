using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// Where one output stream of a process goes on the host. A fifo is held open for reading too: a reader that goes away then
/// neither ends the process nor loses what is still in the pipe, and one that comes back reads on.
/// </summary>
internal sealed class OutputSink : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly FifoEnd? _fifo;

    private OutputSink(string name, Stream stream, FifoEnd? fifo = null)
    {
        Name = name;
        _stream = stream;
        _fifo = fifo;
    }

    /// <summary>What it is, for people.</summary>
    internal string Name { get; }

    /// <summary>Throws output away.</summary>
    internal static OutputSink Nothing() => new("nothing", Stream.Null);

    /// <summary>Writes to a descriptor, as to a log program's pipe.</summary>
    /// <param name="descriptor">The descriptor, from now on ours.</param>
    /// <param name="name">What is behind it.</param>
    internal static OutputSink To(FileDescriptor descriptor, string name) => new(name, new FdStream(descriptor));

    /// <summary>Opens a fifo's both ends; never waits for a reader.</summary>
    /// <exception cref="SyscallException">The fifo cannot be opened.</exception>
    internal static OutputSink OpenFifo(string path)
    {
        FileDescriptor reader = FileDescriptor.Open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        try
        {
            var writer = new FdStream(FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK));
            return new OutputSink($"fifo \"{path}\"", writer, new FifoEnd(writer, reader));
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file to append to, with the directories above it.</summary>
    /// <exception cref="SyscallException">The file cannot be opened.</exception>
    internal static OutputSink OpenFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
        return new OutputSink($"file \"{path}\"", new FdStream(FileDescriptor.Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND)));
    }

    /// <summary>Writes all of <paramref name="bytes"/>; waits while the reader is slow.</summary>
    internal ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _stream.WriteAsync(bytes, cancellationToken);

    /// <summary>
    /// The end of the output: a reader sees it after the last byte, also one that comes later. What nobody has read yet stays until disposal.
    /// </summary>
    internal ValueTask CompleteAsync()
    {
        if (_fifo is null)
        {
            return _stream.DisposeAsync();
        }

        _fifo.Leave();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _fifo?.DisposeAsync() ?? _stream.DisposeAsync();
}
