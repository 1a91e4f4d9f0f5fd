using System.Net.Sockets;
using System.Text;
using Skerry.Core;

namespace Skerry.Vsock.Tests;

/// <summary>The unix face of a channel, by the dialer and by hand.</summary>
public sealed class HybridVsockTests : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("skerry-hybrid-").FullName;
    private readonly ChannelPair _pair = ChannelPair.Start();
    private readonly VsockListener _listener;
    private readonly HybridVsockServer _server;

    public HybridVsockTests()
    {
        _listener = _pair.Guest.Listen(1024);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path));
        socket.Listen();
        _server = new HybridVsockServer(socket, _pair.Host);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Path => System.IO.Path.Combine(_directory, "vsock.sock");

    [Fact]
    public async Task TheDialer_ReachesThePort_NamesItsOwn_AndCarriesEachEndOver()
    {
        await using var dialer = new HybridVsockDialer(Path);
        await using VsockStream client = await dialer.ConnectAsync(1024, Token);
        await using VsockStream guest = await _listener.AcceptAsync(Token);
        Assert.Equal((guest.PeerPort, 1024u), (client.LocalPort, client.PeerPort));

        byte[] data = new byte[300_000];
        Random.Shared.NextBytes(data);
        Task writing = Task.Run(async () =>
        {
            await client.WriteAsync(data, Token);
            client.ShutdownSend();
        }, Token);
        var received = new MemoryStream();
        await guest.CopyToAsync(received, Token);
        await writing;
        Assert.Equal(data, received.ToArray());

        await guest.WriteAsync("bye"u8.ToArray(), Token);
        guest.ShutdownSend();
        byte[] buffer = new byte[10];
        await client.ReadExactlyAsync(buffer.AsMemory(0, 3), Token);
        Assert.Equal(0, await client.ReadAsync(buffer, Token));
    }

    [Fact]
    public async Task ALineAndTheBytesBehindIt_MayComeInOnePiece()
    {
        using Socket socket = await DialAsync("CONNECT 1024\nhello");
        VsockStream guest = await _listener.AcceptAsync(Token);
        byte[] buffer = new byte[64];
        await guest.ReadExactlyAsync(buffer.AsMemory(0, 5), Token);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, 5));
        int count = await socket.ReceiveAsync(buffer, Token);
        Assert.Equal($"OK {guest.PeerPort}\n", Encoding.ASCII.GetString(buffer, 0, count));
    }

    [Theory]
    [InlineData("CONNECT 99\n")]
    [InlineData("HELLO 1024\n")]
    [InlineData("CONNECT x\n")]
    [InlineData("CONNECT 1024 and much more than fits into a line\n")]
    public async Task ARefusedPortOrABadLine_ClosesTheConnectionWithoutAnAnswer(string line)
    {
        using Socket socket = await DialAsync(line);
        int count = 0;
        try
        {
            count = await socket.ReceiveAsync(new byte[10], Token);
        }
        catch (SocketException)
        {
            // Closed with bytes unread: a reset, which says the same.
        }

        Assert.Equal(0, count);
    }

    [Fact]
    public async Task AResetInTheGuest_ClosesTheClientsConnection()
    {
        await using var dialer = new HybridVsockDialer(Path);
        VsockStream client = await dialer.ConnectAsync(1024, Token);
        await using VsockStream guest = await _listener.AcceptAsync(Token);
        await _pair.Guest.DisposeAsync();
        Assert.Equal(0, await client.ReadAsync(new byte[1], Token));
    }

    [Fact]
    public async Task ADialerWithoutServer_TriesUntilItIsGivenUp_AndFailsOnceDisposed()
    {
        var dialer = new HybridVsockDialer(Path + ".none");
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialer.ConnectAsync(1, giveUp.Token));
        await dialer.DisposeAsync();
        Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<SkerryException>(() => dialer.ConnectAsync(1, Token))).Kind);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _server.DisposeAsync();
        await _pair.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<Socket> DialAsync(string text)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), Token);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), Token);
        return socket;
    }
}
