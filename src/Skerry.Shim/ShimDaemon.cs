using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Protocols.Ttrpc;
using Skerry.Sandbox;

namespace Skerry.Shim;

/// <summary>The process that serves one sandbox: accepts connections until the manager or a signal ends it.</summary>
internal sealed class ShimDaemon : IAsyncDisposable
{
    /// <summary>A shim that nobody asks for anything is one whose manager died between start and create.</summary>
    private static readonly TimeSpan UnusedLimit = TimeSpan.FromSeconds(60);

    private readonly Socket _listener;
    private readonly string _socketPath;
    private readonly ILogger _log;
    private readonly SandboxDriver _driver;
    private readonly TtrpcServer _server;
    private readonly TaskCompletionSource _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly HashSet<Task> _connections = [];
    private readonly IdleMemory _memory = new();
    private volatile bool _used;

    /// <summary>Takes over the listening socket.</summary>
    internal ShimDaemon(Socket listener, string socketPath, SandboxDriver driver, ILogger log, string? configPath, bool unifiedCgroups)
    {
        _listener = listener;
        _socketPath = socketPath;
        _driver = driver;
        _log = log;
        _server = new TtrpcServer();
        new TaskService(driver, log, unifiedCgroups, _memory, () => _shutdown.TrySetResult()).Register(_server);
        new SandboxService(driver, log, configPath, unifiedCgroups, _memory, () => _shutdown.TrySetResult()).Register(_server);
    }

    /// <summary>Serves until it is told to stop, then takes everything back.</summary>
    internal async Task RunAsync()
    {
        OnSignal(PosixSignal.SIGTERM);
        OnSignal(PosixSignal.SIGINT);
        Log.Serving(_log, InfoCommand.Version, _driver.Paths.Id.Value, _socketPath);
        Task accepting = AcceptAsync();
        Task unused = StopWhenUnusedAsync();
        await Task.WhenAny(_shutdown.Task, accepting).ConfigureAwait(false);
        await _driver.StopAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(accepting, unused).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ShimAddress.Remove(_socketPath, _driver.Paths);
        await _server.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        await _server.DisposeAsync().ConfigureAwait(false);
        await _driver.DisposeAsync().ConfigureAwait(false);
        _listener.Dispose();
        _memory.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignal signal) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Log.Signalled(_log, signal.ToString());
        _shutdown.TrySetResult();
    }));

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket connection = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
            _used = true;
            _connections.RemoveWhere(task => task.IsCompleted);
            _connections.Add(ServeAsync(connection));
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            await _server.ServeAsync(new NetworkStream(connection, ownsSocket: true), CancellationToken.None).ConfigureAwait(false);
        }
        catch (SkerryException error)
        {
            Log.ConnectionEnded(_log, ErrorReport.OneLine(error));
        }
    }

    private async Task StopWhenUnusedAsync()
    {
        await Task.Delay(UnusedLimit, _stop.Token).ConfigureAwait(false);
        if (!_used)
        {
            _shutdown.TrySetResult();
        }
    }
}
