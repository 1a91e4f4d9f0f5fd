using Skerry.Core;
using Skerry.Vsock.Carriers;
using Skerry.Vsock.Engine;

namespace Skerry.Vsock;

/// <summary>Carries vsock streams over a serial port: a virtio-serial port in the guest, the other end of its chardev on the host.</summary>
/// <remarks>
/// <para>
/// Listeners outlive everything; streams are reset when the port closes or the other side begins anew. The host's carrier has one stream
/// and is closed when that ends. The guest's opens its port again, since the host may come back: after a restore, or with a new shim.
/// </para>
/// <para>Memory is bounded: per connection by <see cref="SerialPortOptions.BufferBytes"/> of unread bytes, and by the number of connections.</para>
/// </remarks>
public sealed class SerialPortCarrier : IGuestChannel
{
    private const int DefaultBacklog = 128;
    private static readonly TimeSpan ShortestReopenPause = TimeSpan.FromMilliseconds(10);

    private readonly Func<CancellationToken, ValueTask<Stream>> _open;
    private readonly bool _reopens;
    private readonly ChannelRole _role;
    private readonly SerialPortOptions _options;
    private readonly VsockEngine _engine;
    private readonly SerialSession _session;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
#pragma warning disable CA2213 // Without timer and wait handle there is nothing to dispose, and a late Cancel must not fail.
    private readonly CancellationTokenSource _stop = new();
#pragma warning restore CA2213
    private volatile SerialPort? _port;
    private Task? _running;
    private Exception? _failure;
    private TimeSpan _reopenPause = ShortestReopenPause;

    /// <summary>A carrier over one stream, which it owns; closed when the stream ends.</summary>
    public SerialPortCarrier(Stream stream, ChannelRole role, SerialPortOptions? options = null)
        : this(_ => ValueTask.FromResult(stream), reopens: false, role, options)
    {
    }

    /// <summary>A carrier over a port that is opened by <paramref name="open"/>, and again each time it has ended.</summary>
    /// <param name="open">Opens the port. Its first failure closes the carrier; later ones are tried again after a pause.</param>
    /// <param name="role">Which side we are.</param>
    /// <param name="options">Limits, or null for the usual ones.</param>
    public SerialPortCarrier(Func<CancellationToken, ValueTask<Stream>> open, ChannelRole role, SerialPortOptions? options = null)
        : this(open, reopens: true, role, options)
    {
    }

    private SerialPortCarrier(Func<CancellationToken, ValueTask<Stream>> open, bool reopens, ChannelRole role, SerialPortOptions? options)
    {
        _open = open;
        _reopens = reopens;
        _role = role;
        _options = options ?? new SerialPortOptions();
        _engine = new VsockEngine(new VsockEngineOptions
        {
            LocalCid = role == ChannelRole.Host ? VsockEngineOptions.HostCid : VsockEngineOptions.GuestCid,
            PeerCid = role == ChannelRole.Host ? VsockEngineOptions.GuestCid : VsockEngineOptions.HostCid,
            BufferBytes = (uint)_options.BufferBytes,
            MaxConnections = _options.MaxConnections,
            MaxPayload = Math.Clamp(_options.MaxPayload, 4 << 10, 64 << 10),
        });
        _session = new SerialSession(_engine, role);
        _engine.OutputReady = () => _port?.Send();
    }

    /// <inheritdoc/>
    public event Action? Reset;

    /// <inheritdoc/>
    public Task Closed => _closed.Task;

    /// <summary>Why the carrier is closed, or null after an orderly end.</summary>
    public Exception? Failure => _failure;

    /// <summary>Connections at the moment.</summary>
    public int ConnectionCount => _engine.ConnectionCount;

    /// <summary>Opens the port and begins to carry; once. Call <see cref="Listen"/> before, so that no early connection is refused.</summary>
    public void Start()
    {
        if (_running is not null)
        {
            throw new InvalidOperationException("the carrier was started already");
        }

        _running = RunAsync();
    }

    /// <summary>Listens on a port of this side.</summary>
    /// <param name="port">The port.</param>
    /// <param name="backlog">How many connections may wait to be accepted; a further one is refused.</param>
    /// <exception cref="SkerryException">AlreadyExists when somebody listens there.</exception>
    public VsockListener Listen(uint port, int backlog = DefaultBacklog) => _engine.Listen(port, backlog);

    /// <inheritdoc/>
    public async Task<VsockStream> ConnectAsync(uint port, CancellationToken cancellationToken)
    {
        if (_running is null)
        {
            throw new InvalidOperationException("the carrier was not started");
        }

        Task established;
        lock (_engine.Lock)
        {
            established = _session.Established;
        }

        await Task.WhenAny(established, Closed).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (Closed.IsCompleted)
        {
            throw new SkerryException(FailureKind.Unavailable, $"cannot connect to vsock port {port}: the guest channel is closed", cause: _failure);
        }

        return await _engine.ConnectAsync(port, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the port; streams are reset, listeners end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _port?.Stop();
        if (_running is null)
        {
            Close(null);
        }
        else
        {
            await _running.ConfigureAwait(false);
        }
    }

    private async Task RunAsync()
    {
        Exception? failure = null;
        try
        {
            Stream? stream = await _open(_stop.Token).ConfigureAwait(false);
            while (stream is not null)
            {
                failure = await RunPortAsync(stream).ConfigureAwait(false);
                stream = _reopens ? await ReopenAsync().ConfigureAwait(false) : null;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            failure = null;
        }
        catch (Exception error)
        {
            failure = error;
        }

        Close(_stop.IsCancellationRequested ? null : failure);
    }

    private async Task<Exception?> RunPortAsync(Stream stream)
    {
        var port = new SerialPort(_engine, _session, stream, () => Reset?.Invoke());
        _port = port;
        if (_stop.IsCancellationRequested)
        {
            port.Stop();
        }

        Task<Exception?> running = port.RunAsync();
        if (_role == ChannelRole.Host)
        {
            await SayHelloAsync(port, running).ConfigureAwait(false);
        }

        Exception? error = await running.ConfigureAwait(false);
        _port = null;
        return error;
    }

    /// <summary>Says hello until the guest has answered for the first time.</summary>
    private async Task SayHelloAsync(SerialPort port, Task running)
    {
        Task answered = Task.WhenAny(running, _session.Established);
        while (!answered.IsCompleted)
        {
            await answered.WaitAsync(_options.HelloInterval).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            port.RepeatHello();
        }
    }

    /// <summary>Opens the port again, with pauses that grow: the host's absence reads as an end of file, again and again.</summary>
    private async Task<Stream> ReopenAsync()
    {
        bool wasThere = _session.TakeHasBeenEstablished();
        while (true)
        {
            _reopenPause = wasThere ? ShortestReopenPause : _reopenPause * 2;
            _reopenPause = _reopenPause < _options.LongestReopenPause ? _reopenPause : _options.LongestReopenPause;
            await Task.Delay(_reopenPause, _stop.Token).ConfigureAwait(false);
            try
            {
                return await _open(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or SkerryException)
            {
                wasThere = false;
            }
        }
    }

    private void Close(Exception? failure)
    {
        _failure = failure;
        _engine.CloseListeners();
        _closed.TrySetResult();
    }
}
