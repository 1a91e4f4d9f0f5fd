using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Skerry.Linux;
using Skerry.SystemTests.Hosts;

namespace Skerry.SystemTests.Cri;

/// <summary>
/// A connection to the manager's streaming server, as <c>kubectl exec</c>, <c>attach</c> and <c>port-forward</c> have it: a web
/// socket whose messages begin with the number of their channel.
/// </summary>
public sealed class RemoteStream : IAsyncDisposable
{
    /// <summary>Standard input, or the first forwarded port's data.</summary>
    public const byte Input = 0;

    /// <summary>Standard output.</summary>
    public const byte Output = 1;

    /// <summary>Standard error.</summary>
    public const byte Error = 2;

    /// <summary>How it ended, as JSON.</summary>
    public const byte Status = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ClientWebSocket _socket = new();
    private readonly HttpMessageInvoker _http;
    private readonly Dictionary<byte, StringBuilder> _received = [];
    private readonly Lock _lock = new();
    private Task _reading = Task.CompletedTask;

    private RemoteStream(CriHost host) => _http = new HttpMessageInvoker(new SocketsHttpHandler
    {
        ConnectCallback = (context, _) => new ValueTask<Stream>(ConnectAsync(host.NetworkNamespace, context.DnsEndPoint)),
    });

    /// <summary>Completes when the other side has closed the connection.</summary>
    public Task Ended => _reading.WaitAsync(Patience);

    public static async Task<RemoteStream> OpenAsync(CriHost host, string url)
    {
        var stream = new RemoteStream(host);
        stream._socket.Options.AddSubProtocol("v4.channel.k8s.io");
        await stream._socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws" }.Uri, stream._http, CancellationToken.None).WaitAsync(Patience);
        stream._reading = stream.ReadAsync();
        return stream;
    }

    /// <summary>Sends text to standard input.</summary>
    public Task WriteAsync(string text) => SendAsync(Input, Encoding.UTF8.GetBytes(text));

    public Task SendAsync(byte channel, byte[] data) =>
        _socket.SendAsync((byte[])[channel, .. data], WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <summary>What a channel has brought so far.</summary>
    public string Received(byte channel)
    {
        lock (_lock)
        {
            return _received.TryGetValue(channel, out StringBuilder? text) ? text.ToString() : string.Empty;
        }
    }

    /// <summary>Waits until a channel has brought <paramref name="text"/>.</summary>
    public Task ReceivedAsync(byte channel, string text) =>
        Eventually.TrueAsync(() => Received(channel).Contains(text, StringComparison.Ordinal), $"channel {channel} brings \"{text}\"", Patience);

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _http.Dispose();
    }

    // The server listens on the loopback of containerd's own network namespace.
    private static Task<Stream> ConnectAsync(string namespacePath, DnsEndPoint address) => DedicatedThread.RunAsync<Stream>("test-netns", () =>
    {
        using FileDescriptor network = FileDescriptor.Open(namespacePath, OpenFlags.O_RDONLY);
        Namespaces.Enter(network, CloneFlags.CLONE_NEWNET);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Parse(address.Host), address.Port);
        return new NetworkStream(socket, ownsSocket: true);
    });

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult result;
            try
            {
                result = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // The server ends without a farewell once everything is said.
                return;
            }

            length += result.Count;
            if (result.MessageType == WebSocketMessageType.Close)
            {
                return;
            }

            if (result.EndOfMessage && length > 0)
            {
                Keep(buffer[0], Encoding.UTF8.GetString(buffer, 1, length - 1));
                length = 0;
            }
        }
    }

    private void Keep(byte channel, string text)
    {
        lock (_lock)
        {
            if (!_received.TryGetValue(channel, out StringBuilder? all))
            {
                _received[channel] = all = new StringBuilder();
            }

            all.Append(text);
        }
    }
}
