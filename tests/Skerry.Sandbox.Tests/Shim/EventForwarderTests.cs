using System.Net.Sockets;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Skerry.Protocols;
using Skerry.Protocols.Events;
using Skerry.Protocols.Ttrpc;
using Skerry.Shim;

namespace Skerry.Sandbox.Tests.Shim;

public sealed class EventForwarderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-events-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string SocketPath => Path.Combine(_directory, "c.sock");

    [Fact]
    public async Task Events_ArriveInOrder_WithContainerdsTypeNames()
    {
        await using var manager = new Manager(SocketPath);
        await using var forwarder = new EventForwarder(SocketPath, "tests", NullLogger.Instance, TimeProvider.System);
        for (int i = 0; i < 50; i++)
        {
            forwarder.Publish("/tasks/start", "containerd.events.TaskStart", new TaskStart { ContainerId = $"c{i}" });
        }

        for (int i = 0; i < 50; i++)
        {
            ForwardRequest request = await manager.Events.ReadAsync(Token);
            Assert.Equal(("tests", "/tasks/start", "containerd.events.TaskStart"), (request.Envelope.Namespace, request.Envelope.Topic, request.Envelope.Event.TypeUrl));
            Assert.Equal($"c{i}", TaskStart.Parser.ParseFrom(request.Envelope.Event.Value).ContainerId);
        }
    }

    [Fact]
    public async Task AManagerThatComesLater_GetsWhatHappenedMeanwhile()
    {
        await using var forwarder = new EventForwarder(SocketPath, "tests", NullLogger.Instance, TimeProvider.System);
        forwarder.Publish("/tasks/oom", "containerd.events.TaskOOM", new TaskOOM { ContainerId = "c" });
        await Task.Delay(100, Token);
        await using var manager = new Manager(SocketPath);
        Assert.Equal("/tasks/oom", (await manager.Events.ReadAsync(Token)).Envelope.Topic);
    }

    [Fact]
    public async Task WithoutAManager_NothingIsKept()
    {
        await using var forwarder = new EventForwarder(string.Empty, "tests", NullLogger.Instance, TimeProvider.System);
        forwarder.Publish("/tasks/oom", "containerd.events.TaskOOM", new TaskOOM());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>containerd's side: the event service behind a socket.</summary>
    private sealed class Manager : IAsyncDisposable
    {
        private readonly Socket _listener;
        private readonly TtrpcServer _server = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Channel<ForwardRequest> _events = Channel.CreateUnbounded<ForwardRequest>();
        private readonly Task _serving;

        internal Manager(string path)
        {
            _listener = UnixSockets.Listen(path, OwnerOnly);
            _server.Register<ForwardRequest, Empty>(ServiceNames.Events, "Forward", ForwardRequest.Parser, async (request, _, token) =>
            {
                await _events.Writer.WriteAsync(request, token);
                return new Empty();
            });
            _serving = ServeAsync();
        }

        internal ChannelReader<ForwardRequest> Events => _events.Reader;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _server.DisposeAsync();
            _listener.Dispose();
            _stop.Dispose();
        }

        private async Task ServeAsync()
        {
            Socket connection = await _listener.AcceptAsync(_stop.Token);
            await _server.ServeAsync(new NetworkStream(connection, ownsSocket: true), _stop.Token);
        }
    }
}
