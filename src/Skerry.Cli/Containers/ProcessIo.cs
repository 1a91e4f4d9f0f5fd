using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Cli.Containers;

/// <summary>
/// The fifos between a process in a sandbox and this program: the shim opens their other ends. Made before the task is
/// created, copied while it runs, removed afterwards.
/// </summary>
internal sealed class ProcessIo : IAsyncDisposable
{
    private const int CopyBufferBytes = 32 * 1024;

    private readonly string _directory;
    private readonly List<Task> _outputs = [];
    private readonly CancellationTokenSource _inputEnd = new();
    private readonly FdStream _stdout;
    private readonly FdStream? _stderr;
    private readonly FdStream? _stdin;
    private Task _input = Task.CompletedTask;

    private ProcessIo(string directory, bool stdin, bool terminal)
    {
        _directory = directory;
        Stdin = stdin ? MakeFifo("stdin") : string.Empty;
        Stdout = MakeFifo("stdout");
        Stderr = terminal ? string.Empty : MakeFifo("stderr");

        // Opened before the shim opens its ends: readers first, without waiting; the writer with both ends, since a fifo
        // without a reader cannot be opened for writing alone.
        _stdout = Open(Stdout, OpenFlags.O_RDONLY);
        _stderr = terminal ? null : Open(Stderr, OpenFlags.O_RDONLY);
        _stdin = stdin ? Open(Stdin, OpenFlags.O_RDWR) : null;
    }

    /// <summary>Path of the fifo for standard input; empty when the process gets none.</summary>
    public string Stdin { get; }

    /// <summary>Path of the fifo for standard output.</summary>
    public string Stdout { get; }

    /// <summary>Path of the fifo for standard error; empty with a terminal, which has one output.</summary>
    public string Stderr { get; }

    /// <summary>Called when output arrives; at least once when there is any.</summary>
    public Action? FirstOutput { get; set; }

    /// <summary>Makes the fifos in a directory of their own below <paramref name="parent"/>.</summary>
    public static ProcessIo Create(string parent, bool stdin, bool terminal)
    {
        string directory = Path.Combine(parent, $"io-{Guid.NewGuid():N}"[..11]);
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return new ProcessIo(directory, stdin, terminal);
        }
        catch
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Starts copying the output of the process to ours.</summary>
    public void StartOutput()
    {
        _outputs.Add(CopyOutAsync(_stdout, 1));
        if (_stderr is not null)
        {
            _outputs.Add(CopyOutAsync(_stderr, 2));
        }
    }

    /// <summary>Starts copying our standard input to the process.</summary>
    /// <remarks>
    /// Only when it has been started: the shim opens an additional process's fifos then, and a fifo whose last end is closed
    /// forgets what was written into it.
    /// </remarks>
    /// <param name="closeStdin">Called when our standard input has ended.</param>
    public void StartInput(Func<Task> closeStdin)
    {
        if (_stdin is not null)
        {
            _input = CopyInAsync(_stdin, closeStdin);
        }
    }

    /// <summary>Waits until all output of the ended process has been copied.</summary>
    public Task DrainAsync() => Task.WhenAll(_outputs);

    public async ValueTask DisposeAsync()
    {
        await _inputEnd.CancelAsync();
        await _input;
        _inputEnd.Dispose();
        await _stdout.DisposeAsync();
        if (_stderr is not null)
        {
            await _stderr.DisposeAsync();
        }

        if (_stdin is not null)
        {
            await _stdin.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static FdStream Open(string path, OpenFlags access) => new(FileDescriptor.Open(path, access | OpenFlags.O_NONBLOCK));

    private string MakeFifo(string name)
    {
        string path = Path.Combine(_directory, name);
        Fifos.Make(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private async Task CopyOutAsync(FdStream source, int descriptor)
    {
        using (source)
        {
            // A fifo that no writer has opened yet reads as ended, so the first writer is waited for.
            await Reactor.Shared.WaitReadableAsync(source.Descriptor, CancellationToken.None);
            using var target = new FileDescriptor(descriptor, ownsHandle: false);
            var buffer = new byte[CopyBufferBytes];
            bool readerGone = false;
            while (await source.ReadAsync(buffer) is > 0 and int count)
            {
                FirstOutput?.Invoke();
                readerGone = readerGone || !TryWrite(target, buffer.AsSpan(0, count));
            }
        }
    }

    /// <summary>False when whoever read our output has gone; the rest is then read and dropped, so that the process can end.</summary>
    private static bool TryWrite(FileDescriptor target, ReadOnlySpan<byte> bytes)
    {
        try
        {
            target.Write(bytes);
            return true;
        }
        catch (SyscallException error) when (error.Errno == Errno.EPIPE)
        {
            return false;
        }
    }

    private async Task CopyInAsync(FdStream target, Func<Task> closeStdin)
    {
        try
        {
            using var standardInput = new FileDescriptor(0, ownsHandle: false);
            using var source = new FdStream(standardInput, ownsHandle: false);
            var buffer = new byte[CopyBufferBytes];
            while (await source.ReadAsync(buffer, _inputEnd.Token) is > 0 and int count)
            {
                await target.WriteAsync(buffer.AsMemory(0, count), _inputEnd.Token);
            }

            await target.DisposeAsync();
            await closeStdin();
        }
        catch (OperationCanceledException)
        {
            // The process ended before its input did.
        }
        catch (SkerryException error) when (error.Kind is FailureKind.NotFound or FailureKind.Unavailable or FailureKind.FailedPrecondition)
        {
            // So it did while we told it that its input has ended.
        }
        catch (IOException)
        {
            // The process closed its input early.
        }
        finally
        {
            await target.DisposeAsync();
        }
    }
}
