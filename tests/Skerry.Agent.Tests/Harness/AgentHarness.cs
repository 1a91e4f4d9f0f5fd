using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Skerry.Agent.Boot;
using Skerry.Agent.Console;
using Skerry.Linux;
using Skerry.Protocols;
using Skerry.Protocols.Ttrpc;
using Skerry.Vsock;

namespace Skerry.Agent.Tests.Harness;

/// <summary>An agent in this process, served over a real guest channel (both ends of a socket pair), with containers as processes of the host.</summary>
public sealed class AgentHarness : IAsyncDisposable
{
    private static int s_instances;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("skerry-agent-");
    private readonly CancellationTokenSource _stop = new();
    private readonly AgentHost _host;
    private readonly SerialPortCarrier _hostEnd;
    private readonly Task _serving;
    private readonly string _cgroup;
    private TtrpcClient? _client;

    private AgentHarness(bool ownsMachine)
    {
        _cgroup = $"{CgroupRoot}/skerry-agent-test-{Environment.ProcessId}-{Interlocked.Increment(ref s_instances)}";
        (FileDescriptor guest, FileDescriptor host) = SocketPair.Create();
        _host = new AgentHost(
            new AgentConfig
            {
                HotplugTimeout = TimeSpan.FromMilliseconds(300),
                StreamPatience = TimeSpan.FromSeconds(2),
                WatchInterval = TimeSpan.FromMilliseconds(50),
                OwnsMachine = ownsMachine,
            },
            Paths,
            new LogPort(new LogRing(LogRing.DefaultCapacityBytes)),
            PidFdExits.Shared,
            new AgentLogger(new LogRing(LogRing.DefaultCapacityBytes), TimeProvider.System));
        _serving = _host.ServeChannelAsync(new SerialPortCarrier(new FdStream(guest), ChannelRole.Guest), "test", _stop.Token);
        _hostEnd = new SerialPortCarrier(new FdStream(host), ChannelRole.Host);
        _hostEnd.Start();
    }

    /// <summary>Where the cgroup v2 hierarchy of this machine is; null without one.</summary>
    public static string? CgroupRoot { get; } =
        new[] { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" }.FirstOrDefault(d => File.Exists($"{d}/cgroup.procs"));

    internal GuestPaths Paths => new($"{_directory.FullName}/run", _cgroup);

    public string DirectoryPath => _directory.FullName;

    public TtrpcClient Client => _client ?? throw new InvalidOperationException("not started");

    /// <summary>Starts an agent; skips the test where containers cannot be made.</summary>
    /// <param name="ownsMachine">As PID 1 of a guest does, it leaves to the end of the machine what need not be done before.</param>
    public static async Task<AgentHarness> StartAsync(bool ownsMachine = false)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        Assert.SkipUnless(CgroupRoot is not null, "needs a cgroup v2 hierarchy");
        Assert.SkipUnless(File.Exists(Rootfs.BusyboxPath), $"needs {Rootfs.BusyboxPath} (package busybox-static)");
        var harness = new AgentHarness(ownsMachine);
        harness._client = new TtrpcClient(await harness._hostEnd.ConnectAsync(VsockPorts.Agent, Limit()));
        return harness;
    }

    /// <summary>A token that ends a wait that takes too long.</summary>
    public static CancellationToken Limit(int seconds = 90) =>
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken, new CancellationTokenSource(TimeSpan.FromSeconds(seconds)).Token).Token;

    /// <summary>Calls the agent's service.</summary>
    public Task<TResponse> CallAsync<TRequest, TResponse>(string method, TRequest request, MessageParser<TResponse> parser)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse> => Client.CallAsync(ServiceNames.Agent, method, request, parser, null, Limit());

    /// <summary>Calls a method whose answer is empty.</summary>
    public Task CallAsync<TRequest>(string method, TRequest request)
        where TRequest : IMessage<TRequest> => CallAsync(method, request, Empty.Parser);

    /// <summary>Connects to a port of the guest.</summary>
    public async Task<VsockStream> ConnectAsync(uint port) => await _hostEnd.ConnectAsync(port, Limit());

    /// <summary>Connects a stream for a process and returns it with the port that names it in a request.</summary>
    public async Task<VsockStream> ConnectStreamAsync() => await _hostEnd.ConnectAsync(VsockPorts.ProcessStreams, Limit());

    /// <summary>Makes a root file system for a container.</summary>
    public Rootfs NewRootfs(string name) => new($"{_directory.FullName}/rootfs-{name}");

    /// <summary>Starts to describe a container.</summary>
    public ContainerBuilder Container(string id) => new(this, id);

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await _hostEnd.DisposeAsync();
        await _stop.CancelAsync();
        await _host.DisposeAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        RemoveCgroups();
        _stop.Dispose();
        _directory.Delete(recursive: true);
    }

    private void RemoveCgroups()
    {
        foreach (string cgroup in new[] { $"{_cgroup}/containers", _cgroup }.Where(Directory.Exists))
        {
            Directory.Delete(cgroup);
        }
    }
}
