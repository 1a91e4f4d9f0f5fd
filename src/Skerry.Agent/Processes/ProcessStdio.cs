using Skerry.Core;
using Skerry.Linux;
using Skerry.Vsock;

namespace Skerry.Agent.Processes;

/// <summary>The standard streams of one process: the ends it gets, our ends, and where the bytes go.</summary>
internal sealed class ProcessStdio : IAsyncDisposable
{
    /// <summary>Twice this long without a byte moving, the host takes nothing.</summary>
    private static readonly TimeSpan s_stallLimit = TimeSpan.FromMilliseconds(100);

    private readonly StdioRequest _request;
    private readonly VsockStream?[] _streams = new VsockStream?[3];
    private bool _started;

    private ProcessStdio(StdioRequest request) => _request = request;

    /// <summary>What the process gets as descriptor 0; null is /dev/null.</summary>
    public FileDescriptor? ChildStdin { get; private set; }

    /// <summary>What the process gets as descriptor 1; null is /dev/null.</summary>
    public FileDescriptor? ChildStdout { get; private set; }

    /// <summary>What the process gets as descriptor 2; null is /dev/null.</summary>
    public FileDescriptor? ChildStderr { get; private set; }

    /// <summary>Our end of the input; null without one.</summary>
    public ProcessInput? Input { get; private set; }

    /// <summary>Our end of the output, or of the terminal; null without one.</summary>
    public ProcessOutput? Output { get; private set; }

    /// <summary>Our end of the error output; null without one, and for a terminal.</summary>
    public ProcessOutput? Error { get; private set; }

    /// <summary>The master of the terminal; null without one.</summary>
    public FileDescriptor? Master { get; private set; }

    /// <summary>Waits for the streams the request names, and makes the pipes; a terminal comes with the process.</summary>
    /// <param name="request">What the host wants.</param>
    /// <param name="exchange">Where its streams arrive; null without a guest channel.</param>
    /// <param name="pipeSizeBytes">How much a pipe holds; 0 for the kernel's default.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="SkerryException">TimedOut when a stream does not come; FailedPrecondition without a guest channel.</exception>
    public static async Task<ProcessStdio> CreateAsync(
        StdioRequest request,
        StreamExchange? exchange,
        uint pipeSizeBytes,
        CancellationToken cancellationToken)
    {
        var stdio = new ProcessStdio(request);
        try
        {
            await stdio.ClaimAsync(exchange, cancellationToken).ConfigureAwait(false);
            if (!request.Terminal)
            {
                stdio.MakePipes((int)Math.Min(pipeSizeBytes, int.MaxValue));
            }

            return stdio;
        }
        catch
        {
            await stdio.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes over the master of the terminal the process has made; nothing for a process without one.</summary>
    public void AttachTerminal(FileDescriptor? master)
    {
        if (master is null)
        {
            return;
        }

        Master = master;
        if (_request.Rows > 0 && _request.Columns > 0)
        {
            Pty.Resize(master, _request.Rows, _request.Columns);
        }

        Input = new ProcessInput(master.Duplicate(), terminal: true);
        Output = new ProcessOutput(master.Duplicate());
    }

    /// <summary>Closes our copies of the process's ends, so that the end of the process ends the streams, and starts copying.</summary>
    /// <remarks>A terminal that nobody watches still has to be read, or its process stops when it is full.</remarks>
    public void Start()
    {
        CloseChildEnds();
        _started = true;
        if (_streams[0] is { } input)
        {
            Input!.PumpFrom(input);
        }

        if (!_request.IsCompatible)
        {
            Output?.PumpTo(_streams[1]);
            Error?.PumpTo(_streams[2]);
        }
    }

    /// <summary>Tells that the process is gone: input ends, outputs drain.</summary>
    public void ProcessExited()
    {
        Input?.Close();
        Output?.ProcessExited();
        Error?.ProcessExited();
    }

    /// <summary>
    /// Completes when the pumped outputs are drained. An output whose reader takes nothing for a while does not hold this up; it
    /// goes on being copied.
    /// </summary>
    public async Task SettleAsync()
    {
        ProcessOutput[] pumped = [.. new[] { Output, Error }.OfType<ProcessOutput>().Where(o => o.IsPumped)];
        Task drained = Task.WhenAll(pumped.Select(o => o.Drained));
        for (long before = -1, moved = -2; before != moved && !drained.IsCompleted;)
        {
            before = moved;
            await Task.WhenAny(drained, Task.Delay(s_stallLimit)).ConfigureAwait(false);
            moved = pumped.Sum(o => o.MovedBytes);
        }
    }

    /// <summary>Closes everything; what was not read is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        CloseChildEnds();
        if (!_started)
        {
            foreach (VsockStream stream in _streams.OfType<VsockStream>())
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        foreach (IAsyncDisposable? end in new IAsyncDisposable?[] { Input, Output, Error })
        {
            if (end is not null)
            {
                await end.DisposeAsync().ConfigureAwait(false);
            }
        }

        Master?.Dispose();
    }

    private async Task ClaimAsync(StreamExchange? exchange, CancellationToken cancellationToken)
    {
        uint[] ports = [_request.Stdin, _request.Stdout, _request.Terminal ? 0 : _request.Stderr];
        for (int i = 0; i < ports.Length; i++)
        {
            if (StdioRequest.IsStream(ports[i]))
            {
                StreamExchange open = exchange ?? throw new SkerryException(
                    FailureKind.FailedPrecondition, $"the request names stream port {ports[i]}, but the agent serves without a guest channel");
                _streams[i] = await open.ClaimAsync(ports[i], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void MakePipes(int pipeSizeBytes)
    {
        if (_request.IsCompatible || _streams[0] is not null)
        {
            (ChildStdin, FileDescriptor write) = Pipes.Create();
            Input = new ProcessInput(write, terminal: false);
        }

        if (_request.IsCompatible || _streams[1] is not null)
        {
            (FileDescriptor read, ChildStdout) = NewPipe(pipeSizeBytes);
            Output = new ProcessOutput(read);
        }

        if (_request.IsCompatible || _streams[2] is not null)
        {
            (FileDescriptor read, ChildStderr) = NewPipe(pipeSizeBytes);
            Error = new ProcessOutput(read);
        }
    }

    private static (FileDescriptor Read, FileDescriptor Write) NewPipe(int sizeBytes)
    {
        (FileDescriptor read, FileDescriptor write) = Pipes.Create();
        if (sizeBytes > 0)
        {
            Pipes.TryResize(write, sizeBytes);
        }

        return (read, write);
    }

    private void CloseChildEnds()
    {
        ChildStdin?.Dispose();
        ChildStdout?.Dispose();
        ChildStderr?.Dispose();
    }
}
