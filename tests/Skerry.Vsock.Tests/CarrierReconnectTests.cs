using System.Threading.Channels;
using Skerry.Core;
using Skerry.Vsock.Carriers;

namespace Skerry.Vsock.Tests;

/// <summary>Ports that close and open, lose bytes, or carry nonsense.</summary>
public sealed class CarrierReconnectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AHostThatGoesAndComesBack_ResetsTheGuestsStreams_AndItsListenersGoOn()
    {
        var ports = Channel.CreateUnbounded<Stream>();
        await using var guest = new SerialPortCarrier(async token => await ports.Reader.ReadAsync(token), ChannelRole.Guest);
        int resets = 0;
        guest.Reset += () => Interlocked.Increment(ref resets);
        using VsockListener listener = guest.Listen(1024);
        guest.Start();
        for (int i = 0; i < 3; i++)
        {
            (Stream hostEnd, Stream guestEnd) = ChannelPair.Streams();
            ports.Writer.TryWrite(guestEnd);
            await using var host = new SerialPortCarrier(hostEnd, ChannelRole.Host);
            host.Start();
            VsockStream client = await host.ConnectAsync(1024, Token);
            VsockStream server = await listener.AcceptAsync(Token);
            await client.WriteAsync("hi"u8.ToArray(), Token);
            Assert.Equal(2, await server.ReadAsync(new byte[9], Token));
            Task<int> reading = server.ReadAsync(new byte[9], Token).AsTask();

            await host.DisposeAsync();
            await Assert.ThrowsAsync<IOException>(() => reading);
            await Assert.ThrowsAsync<IOException>(() => client.ReadAsync(new byte[9], Token).AsTask());
            Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<SkerryException>(() => host.ConnectAsync(1024, Token))).Kind);
            await host.Closed;
        }

        Assert.Equal(3, resets);
    }

    [Fact]
    public async Task HellosThatAreThrownAway_AreRepeatedUntilTheGuestIsThere()
    {
        (Stream hostEnd, Stream guestEnd) = ChannelPair.Streams();
        await using var host = new SerialPortCarrier(hostEnd, ChannelRole.Host, new SerialPortOptions { HelloInterval = TimeSpan.FromMilliseconds(5) });
        host.Start();
        Task<VsockStream> connecting = host.ConnectAsync(1, Token);

        // The port is not open in the guest: what comes is lost.
        byte[] lost = new byte[3 * HelloFrame.Size];
        await guestEnd.ReadExactlyAsync(lost, Token);
        Assert.False(connecting.IsCompleted);

        await using var guest = new SerialPortCarrier(guestEnd, ChannelRole.Guest);
        using VsockListener listener = guest.Listen(1);
        guest.Start();
        await listener.AcceptAsync(Token);
        await connecting;
    }

    [Fact]
    public async Task TheRestOfAnotherSession_IsPassedOverByBothSides()
    {
        (Stream hostEnd, Stream guestEnd) = ChannelPair.Streams();
        byte[] rest = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7)), .. HelloFrame.Magic, .. new HelloFrame(HelloKind.Welcome, 1, 7).ToBytes()];
        await hostEnd.WriteAsync(rest, Token);
        await guestEnd.WriteAsync(rest, Token);
        await using var host = new SerialPortCarrier(hostEnd, ChannelRole.Host);
        await using var guest = new SerialPortCarrier(guestEnd, ChannelRole.Guest);
        using VsockListener listener = guest.Listen(1);
        guest.Start();
        host.Start();
        await host.ConnectAsync(1, Token);
    }

    [Fact]
    public async Task AGuestThatWaitsForAPayloadThatNeverComes_IsBroughtBack()
    {
        (Stream hostEnd, Stream guestEnd) = ChannelPair.Streams();
        await using var guest = new SerialPortCarrier(guestEnd, ChannelRole.Guest);
        using VsockListener listener = guest.Listen(1);
        guest.Start();

        // A first host, by hand: it greets, announces 60 000 bytes, and is gone without the port noticing.
        await hostEnd.WriteAsync(new HelloFrame(HelloKind.Hello, 1, 1).ToBytes(), Token);
        await hostEnd.WriteAsync(HostPacket(60_000), Token);

        await using var host = new SerialPortCarrier(hostEnd, ChannelRole.Host, new SerialPortOptions { HelloInterval = TimeSpan.FromMilliseconds(2) });
        host.Start();
        await host.ConnectAsync(1, Token);
        await listener.AcceptAsync(Token);
    }

    [Fact]
    public async Task AGuestThatOpensItsPortAgain_ResetsTheHostsStreams()
    {
        (Stream hostEnd, Stream guestEnd) = ChannelPair.Streams();
        await using var host = new SerialPortCarrier(hostEnd, ChannelRole.Host);
        var reset = new TaskCompletionSource();
        host.Reset += reset.SetResult;
        host.Start();
        UInt128 first = await GreetAsync(guestEnd);
        Task<VsockStream> connecting = host.ConnectAsync(1, Token);
        byte[] request = new byte[44];
        await guestEnd.ReadExactlyAsync(request, Token);

        await guestEnd.WriteAsync(new HelloFrame(HelloKind.Ready, 1, 0).ToBytes(), Token);
        await reset.Task.WaitAsync(Token);
        await Assert.ThrowsAsync<SkerryException>(() => connecting);
        Assert.NotEqual(first, await GreetAsync(guestEnd));
        Task<VsockStream> again = host.ConnectAsync(1, Token);
        await guestEnd.ReadExactlyAsync(request, Token);
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task AGuestThatBreaksTheProtocol_ClosesTheHostsChannelWithTheReason()
    {
        (Stream hostEnd, Stream guestEnd) = ChannelPair.Streams();
        await using var host = new SerialPortCarrier(hostEnd, ChannelRole.Host);
        host.Start();
        await GreetAsync(guestEnd);
        await guestEnd.WriteAsync(new byte[44], Token);
        await host.Closed.WaitAsync(Token);
        Assert.IsType<VsockProtocolException>(host.Failure);
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => host.ConnectAsync(1, Token));
        Assert.Contains("no vsock packet", ErrorReport.OneLine(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAGuest_ConnectingWaitsUntilItIsGivenUp()
    {
        (Stream hostEnd, Stream guestEnd) = ChannelPair.Streams();
        await using var host = new SerialPortCarrier(hostEnd, ChannelRole.Host);
        host.Start();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.ConnectAsync(1, giveUp.Token));
        await host.DisposeAsync();
        await guestEnd.DisposeAsync();
    }

    [Fact]
    public async Task APortThatCannotBeOpened_ClosesTheCarrierWithTheReason()
    {
        await using var guest = new SerialPortCarrier(_ => throw new IOException("no such port"), ChannelRole.Guest);
        using VsockListener listener = guest.Listen(1);
        Task<VsockStream> accepting = listener.AcceptAsync(Token);
        guest.Start();
        await guest.Closed.WaitAsync(Token);
        Assert.Equal("no such port", guest.Failure!.Message);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting);
    }

    /// <summary>Plays the guest's part of the handshake; returns the nonce.</summary>
    private static async Task<UInt128> GreetAsync(Stream guestEnd)
    {
        byte[] bytes = new byte[HelloFrame.Size];
        HelloFrame hello;
        do
        {
            await guestEnd.ReadExactlyAsync(bytes, Token);
        }
        while (!HelloFrame.TryRead(bytes, out hello));
        await guestEnd.WriteAsync(new HelloFrame(HelloKind.Welcome, 1, hello.Nonce).ToBytes(), Token);
        return hello.Nonce;
    }

    private static byte[] HostPacket(int payload)
    {
        byte[] bytes = new byte[44];
        (EngineDriver.Packet(Packets.VsockOperation.VIRTIO_VSOCK_OP_RW, 1, 1) with { Length = (uint)payload }).Write(bytes);
        return bytes;
    }
}
