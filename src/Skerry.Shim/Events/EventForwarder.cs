using System.Threading.Channels;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Protocols;
using Skerry.Protocols.Events;
using Skerry.Protocols.Ttrpc;
using Skerry.Protocols.Types;
using Skerry.Sandbox;

namespace Skerry.Shim;

/// <summary>
/// Sends events to containerd, in order, one at a time. While containerd is away the queue waits and the connection is made
/// anew; an event is given up after five attempts, so that a containerd that cannot be reached does not grow our memory.
/// </summary>
internal sealed class EventForwarder : IEventSink, IAsyncDisposable
{
    private const int QueueLength = 2048;
    private const int MaxAttempts = 6;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(2);

    private readonly string _socket;
    private readonly string _namespace;
    private readonly ILogger _log;
    private readonly TimeProvider _clock;
    private readonly Channel<Envelope> _queue = Channel.CreateBounded<Envelope>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private TtrpcClient? _client;

    /// <summary>Starts the queue.</summary>
    /// <param name="socket">containerd's ttrpc socket; empty when nobody wants events.</param>
    /// <param name="managerNamespace">containerd's namespace.</param>
    /// <param name="log">The log.</param>
    /// <param name="clock">The clock.</param>
    internal EventForwarder(string socket, string managerNamespace, ILogger log, TimeProvider clock)
    {
        _socket = socket;
        _namespace = managerNamespace;
        _log = log;
        _clock = clock;
        _loop = socket.Length == 0 ? Task.CompletedTask : Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public void Publish(string topic, string typeName, IMessage message)
    {
        if (_socket.Length == 0)
        {
            Log.EventUnheard(_log, topic);
            return;
        }

        var envelope = new Envelope
        {
            Timestamp = Timestamp.FromDateTimeOffset(_clock.GetUtcNow()),
            Namespace = _namespace,
            Topic = topic,
            Event = AnyMessage.Pack(typeName, message),
        };
        if (!_queue.Writer.TryWrite(envelope))
        {
            Log.EventDropped(_log, topic);
        }
    }

    /// <summary>Sends what is still queued, for a short while.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAny(_loop, Task.Delay(DisposeLimit, _clock, CancellationToken.None)).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisconnectAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (Envelope envelope in _queue.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
        {
            await DeliverAsync(envelope).ConfigureAwait(false);
        }
    }

    private async Task DeliverAsync(Envelope envelope)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                _client ??= new TtrpcClient(await UnixSockets.ConnectAsync(_socket, _stop.Token).ConfigureAwait(false));
                await _client.CallAsync(ServiceNames.Events, "Forward", new ForwardRequest { Envelope = envelope }, Empty.Parser, CallLimit, _stop.Token)
                    .ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (error is SkerryException or IOException or System.Net.Sockets.SocketException)
            {
                await DisconnectAsync().ConfigureAwait(false);
                if (attempt == MaxAttempts)
                {
                    Log.EventLost(_log, envelope.Topic, attempt, ErrorReport.OneLine(error));
                    return;
                }

                Log.EventRetried(_log, envelope.Topic, ErrorReport.OneLine(error));
                await Task.Delay(TimeSpan.FromSeconds(attempt), _clock, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task DisconnectAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}
