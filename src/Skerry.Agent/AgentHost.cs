using System.Collections.Concurrent;
using System.Net.Sockets;
using Skerry.Agent.Boot;
using Skerry.Agent.Console;
using Skerry.Agent.Containers;
using Skerry.Agent.Guest;
using Skerry.Agent.Network;
using Skerry.Agent.Processes;
using Skerry.Agent.Rpc;
using Skerry.Agent.Storages;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols;
using Skerry.Protocols.Ttrpc;
using Skerry.Vsock;

namespace Skerry.Agent;

/// <summary>Wires the agent's parts and serves them: on the guest channel, or on a unix socket for tests without a VM.</summary>
internal sealed class AgentHost : IAsyncDisposable
{
    private static readonly TimeSpan s_portLimit = TimeSpan.FromSeconds(10);

    private readonly AgentConfig _config;
    private readonly LogPort _logPort;
    private readonly IExitSource _exits;
    private readonly AgentLogger _logger;
    private readonly StreamExchange _exchange;
    private readonly WatchableBindDriver _watchable;
    private readonly StorageTable _storages;
    private readonly TtrpcServer _server;
    private readonly ConcurrentDictionary<Task, byte> _connections = [];

    /// <summary>The port's thread reads, and runs what answers at once.</summary>
    private readonly Reactor _portReactor = Reactor.Inline();

    /// <summary>Makes an agent that serves nobody yet.</summary>
    public AgentHost(AgentConfig config, GuestPaths paths, LogPort logPort, IExitSource exits, AgentLogger logger)
    {
        _config = config;
        _logPort = logPort;
        _exits = exits;
        _logger = logger;
        _exchange = new StreamExchange(config.StreamPatience, logger);
        var devices = new DeviceFinder(config.HotplugTimeout);
        _watchable = new WatchableBindDriver($"{paths.Run}/watchable", config.WatchInterval, logger);
        _storages = new StorageTable(_watchable, new TmpfsDriver(), new LocalDriver(), new FileSystemDriver(), new BindDriver(), new BlockDriver(devices));
        var hooks = new GuestHooks(exits, logger);
        var launcher = new ProcessLauncher(_exchange, config.ContainerPipeSizeBytes, exits, logger);
        Sandbox = new GuestSandbox(paths, _storages, new ContainerFactory(paths, _storages, devices, launcher, hooks, logger), hooks, config.OwnsMachine, logger);
        _server = new TtrpcServer(new TtrpcServerOptions
        {
            KeepsReaderFree = true,
            CallFailed = (call, error) => Log.CallFailed(logger, call.Method, ErrorReport.OneLine(error)),
        });
        RegisterCalls(paths);
    }

    /// <summary>What is served.</summary>
    public GuestSandbox Sandbox { get; }

    /// <summary>Serves on a unix socket until cancelled.</summary>
    public async Task ServeUnixAsync(string path, CancellationToken cancellationToken)
    {
        using Socket socket = UnixSockets.Listen(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Announce($"unix://{path}");
        while (true)
        {
            Socket connection = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
            Own(ServeConnectionAsync(new NetworkStream(connection, ownsSocket: true), cancellationToken));
        }
    }

    /// <summary>Serves on the guest channel over a serial port, until the channel or the agent ends.</summary>
    public async Task ServeSerialPortAsync(CancellationToken cancellationToken)
    {
        string path = await ChannelPort.WaitAsync(_config.ChannelName, s_portLimit, cancellationToken).ConfigureAwait(false);
        // Only input of processes waits here: a quarter of the usual buffer keeps many stalled ones within the agent's heap.
        var options = new SerialPortOptions { BufferBytes = 64 << 10 };
        var channel = new SerialPortCarrier(_ => ValueTask.FromResult<Stream>(OpenPort(path)), ChannelRole.Guest, options);
        await ServeChannelAsync(channel, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Serves all ports of a guest channel, which it owns, until the channel or the agent ends.</summary>
    public async Task ServeChannelAsync(SerialPortCarrier channel, string name, CancellationToken cancellationToken)
    {
        await using (channel.ConfigureAwait(false))
        {
            channel.Reset += () => Log.ChannelReset(_logger);
            List<Task> ports =
            [
                Guard("service port", AcceptServiceAsync(channel.Listen(_config.ServicePort), cancellationToken)),
                Guard("stream port", _exchange.RunAsync(channel.Listen(_config.StreamPort), cancellationToken)),
            ];
            var forward = new PortServer(VsockPorts.Forward, ForwardPort.ServeAsync, _logger);
            ports.Add(Guard("forward port", forward.RunAsync(channel.Listen(VsockPorts.Forward), cancellationToken)));
            if (_config.LogPort != 0)
            {
                var log = new PortServer(_config.LogPort, _logPort.ServeAsync, _logger);
                ports.Add(Guard("log port", log.RunAsync(channel.Listen(_config.LogPort), cancellationToken)));
            }

            if (_config.DebugConsole)
            {
                var console = new PortServer(_config.DebugConsolePort, new DebugConsole(_exits, _logger).ServeAsync, _logger);
                ports.Add(Guard("debug console", console.RunAsync(channel.Listen(_config.DebugConsolePort), cancellationToken)));
            }

            channel.Start();
            Announce(name);
            await channel.Closed.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (channel.Failure is { } failure)
            {
                throw new SkerryException(ErrorReport.KindOf(failure), $"the guest channel on {name} is closed", cause: failure);
            }
        }
    }

    /// <summary>Waits until the host has closed its connections, at most <paramref name="limit"/>.</summary>
    public async Task WaitIdleAsync(TimeSpan limit)
    {
        Task[] connections = [.. _connections.Keys];
        await Task.WhenAll(connections).WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends connections and gives back what the sandbox holds.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        await Sandbox.DisposeAsync().ConfigureAwait(false);
        await _watchable.DisposeAsync().ConfigureAwait(false);
        _storages.Dispose();
    }

    private FdStream OpenPort(string path) => new(FileDescriptor.Open(path, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK), reactor: _portReactor);

    private void RegisterCalls(GuestPaths paths)
    {
        var calls = new AgentCalls(_server);
        HealthCalls.Register(_server);
        SandboxCalls.Register(calls, Sandbox);
        ContainerCalls.Register(calls, Sandbox);
        ProcessCalls.Register(calls, Sandbox);
        StreamCalls.Register(calls, Sandbox);
        NetworkCalls.Register(calls, new GuestNetwork(_config.HotplugTimeout));
        GuestCalls.Register(calls, Sandbox, new GuestMetrics());
        FileCalls.Register(calls, new FileCopier(paths), new Volumes(paths));
    }

    private async Task AcceptServiceAsync(VsockListener listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            VsockStream connection = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
            Log.Connected(_logger, _config.ServicePort);
            Own(ServeConnectionAsync(connection, cancellationToken));
        }
    }

    private void Own(Task connection)
    {
        _connections[connection] = 0;
        _ = connection.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task ServeConnectionAsync(Stream connection, CancellationToken cancellationToken)
    {
        try
        {
            await _server.ServeAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.ConnectionLost(_logger, ErrorReport.OneLine(error));
        }
    }

    /// <summary>A port that fails is logged; the others go on.</summary>
    private async Task Guard(string name, Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The channel ended.
        }
        catch (Exception error)
        {
            Log.TaskFailed(_logger, name, error);
        }
    }

    private void Announce(string address) => Log.Ready(_logger, AgentVersion.Current, (long)MachineClock.SinceBoot().TotalMilliseconds, address);
}
