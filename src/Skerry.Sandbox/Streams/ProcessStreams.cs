using System.Buffers;
using Microsoft.Extensions.Logging;
using Skerry.Vsock;

namespace Skerry.Sandbox;

/// <summary>
/// The streams of one process: each direction has its own connection to the guest's port 1027, named to the agent by our
/// local port. Copying starts at once; a slow reader on the host makes the guest's writer wait, by the connection's credit.
/// </summary>
internal sealed class ProcessStreams : IAsyncDisposable
{
    /// <summary>The agent's port for process input and output.</summary>
    internal const uint Port = 1027;

    private const int BufferSizeBytes = 32 * 1024;

    // What the guest has sent before it told the end of the process arrives at once; this only covers a machine that stands still.
    private static readonly TimeSpan GuestPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(25);

    private readonly StdioFiles _files;
    private readonly VsockStream _stdin;
    private readonly VsockStream _stdout;
    private readonly VsockStream? _stderr;
    private readonly ILogger _log;
    private readonly string _name;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _input;
    private readonly Task _output;
    private long _copied;
    private int _writing;

    private ProcessStreams(StdioFiles files, VsockStream stdin, VsockStream stdout, VsockStream? stderr, string name, ILogger log, Action? onFirstOutput)
    {
        _files = files;
        _stdin = stdin;
        _stdout = stdout;
        _stderr = stderr;
        _name = name;
        _log = log;
        _onFirstOutput = onFirstOutput;
        _input = CopyInputAsync();
        Task stdoutCopy = CopyOutputAsync(stdout, files.Stdout, "stdout");
        _output = stderr is null ? stdoutCopy : Task.WhenAll(stdoutCopy, CopyOutputAsync(stderr, files.Stderr, "stderr"));
    }

    private Action? _onFirstOutput;

    /// <summary>What the agent is told as stdin_port.</summary>
    internal uint StdinPort => _stdin.LocalPort;

    /// <summary>What the agent is told as stdout_port.</summary>
    internal uint StdoutPort => _stdout.LocalPort;

    /// <summary>What the agent is told as stderr_port; 0 with a terminal.</summary>
    internal uint StderrPort => _stderr?.LocalPort ?? 0;

    /// <summary>Connects the streams and starts to copy; owns <paramref name="files"/> from then on, also when it fails.</summary>
    /// <param name="channel">The guest channel.</param>
    /// <param name="files">The host's side.</param>
    /// <param name="terminal">With a terminal there is no stderr.</param>
    /// <param name="name">For the log: container, or container and exec.</param>
    /// <param name="log">The log.</param>
    /// <param name="onFirstOutput">Called once, with the first bytes of output.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    internal static async Task<ProcessStreams> ConnectAsync(
        IGuestChannel channel, StdioFiles files, bool terminal, string name, ILogger log, Action? onFirstOutput, CancellationToken cancellationToken)
    {
        var connected = new List<VsockStream>();
        try
        {
            int count = terminal ? 2 : 3;
            for (int i = 0; i < count; i++)
            {
                connected.Add(await channel.ConnectAsync(Port, cancellationToken).ConfigureAwait(false));
            }

            return new ProcessStreams(files, connected[0], connected[1], terminal ? null : connected[2], name, log, onFirstOutput);
        }
        catch
        {
            foreach (VsockStream stream in connected)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }

            await files.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The process starts: its input no longer ends with its writers, but by <see cref="CloseInput"/>.</summary>
    internal void HoldInput() => _files.Stdin?.Start();

    /// <summary>No more input from the manager: the process sees the end after what is still in the fifo.</summary>
    internal void CloseInput() => _files.Stdin?.Close();

    /// <summary>True when both outputs have ended and are with their readers.</summary>
    internal bool IsDrained => _output.IsCompleted;

    /// <summary>
    /// Waits until both outputs have ended and are with their readers. Gives up, with false, when for
    /// <paramref name="readerPatience"/> a reader has taken nothing of what waits for it, or when the guest has been silent for
    /// <see cref="GuestPatience"/>; copying goes on then until disposal.
    /// </summary>
    internal async Task<bool> DrainAsync(TimeSpan readerPatience, CancellationToken cancellationToken)
    {
        (long Copied, long Since) last = (-1, 0);
        while (!_output.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            long copied = Interlocked.Read(ref _copied);
            last = copied == last.Copied ? last : (copied, TimeProvider.System.GetTimestamp());
            TimeSpan limit = Volatile.Read(ref _writing) > 0 ? readerPatience : GuestPatience;
            if (TimeProvider.System.GetElapsedTime(last.Since) >= limit)
            {
                return false;
            }

            await Task.WhenAny(_output, Task.Delay(LookInterval, cancellationToken)).ConfigureAwait(false);
        }

        return _output.IsCompleted;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _stdin.DisposeAsync().ConfigureAwait(false);
        await _stdout.DisposeAsync().ConfigureAwait(false);
        if (_stderr is not null)
        {
            await _stderr.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_input, _output).ConfigureAwait(false);
        await _files.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task CopyInputAsync()
    {
        await Task.Yield();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSizeBytes);
        try
        {
            int count;
            while (_files.Stdin is { } source && (count = await source.ReadAsync(buffer, _stop.Token).ConfigureAwait(false)) > 0)
            {
                await _stdin.WriteAsync(buffer.AsMemory(0, count), _stop.Token).ConfigureAwait(false);
            }

            _stdin.ShutdownSend();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or Core.SkerryException)
        {
            // The process no longer reads, or is gone: input that nobody wants is dropped, as a pipe would.
            Log.InputEnded(_log, _name, error.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task CopyOutputAsync(VsockStream source, OutputSink sink, string what)
    {
        await Task.Yield();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSizeBytes);
        var writer = new OutputWriter(sink, _name, what, _log);
        try
        {
            int count;
            while ((count = await source.ReadAsync(buffer, _stop.Token).ConfigureAwait(false)) > 0)
            {
                Interlocked.Exchange(ref _onFirstOutput, null)?.Invoke();
                await WriteAsync(writer, buffer.AsMemory(0, count)).ConfigureAwait(false);
                Interlocked.Add(ref _copied, count);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or Core.SkerryException)
        {
            Log.OutputEnded(_log, _name, what, error.Message);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            await writer.CompleteAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask WriteAsync(OutputWriter writer, ReadOnlyMemory<byte> bytes)
    {
        Interlocked.Increment(ref _writing);
        try
        {
            await writer.WriteAsync(bytes, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }
}
