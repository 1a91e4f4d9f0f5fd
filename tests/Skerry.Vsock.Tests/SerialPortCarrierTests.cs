using System.Security.Cryptography;
using Skerry.Core;

namespace Skerry.Vsock.Tests;

/// <summary>Two carriers over a socketpair.</summary>
public sealed class SerialPortCarrierTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BytesPassBothWays_AndTheEndOfEachDirectionArrives()
    {
        await using ChannelPair pair = ChannelPair.Start();
        using VsockListener listener = pair.Guest.Listen(VsockPorts.Agent);
        (VsockStream host, VsockStream guest) = await pair.ConnectAsync(listener);
        Assert.Equal((VsockPorts.Agent, guest.PeerPort), (host.PeerPort, host.LocalPort));
        Assert.NotEqual(0u, host.LocalPort);

        await host.WriteAsync("ping"u8.ToArray(), Token);
        byte[] buffer = new byte[16];
        Assert.Equal(4, await guest.ReadAsync(buffer, Token));
        host.ShutdownSend();
        Assert.Equal(0, await guest.ReadAsync(buffer, Token));
        await guest.WriteAsync("pong!"u8.ToArray(), Token);
        await guest.DisposeAsync();
        Assert.Equal(5, await host.ReadAsync(buffer, Token));
        Assert.Equal(0, await host.ReadAsync(buffer, Token));
        await Assert.ThrowsAsync<IOException>(() => host.WriteAsync(buffer, Token).AsTask());
        Assert.Equal((0, 0), (pair.Host.ConnectionCount, pair.Guest.ConnectionCount));
    }

    [Fact]
    public async Task ManyStreamsAtOnce_EachKeepTheirBytesInOrder()
    {
        await using ChannelPair pair = ChannelPair.Start();
        using VsockListener listener = pair.Guest.Listen(7);
        Task echoes = Task.Run(async () =>
        {
            await Task.WhenAll(await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => EchoAsync(await listener.AcceptAsync(Token)))));
        }, Token);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using VsockStream stream = await pair.Host.ConnectAsync(7, Token);
            byte[] data = RandomNumberGenerator.GetBytes(1 << (i + 1));
            Task writing = Task.Run(async () =>
            {
                await stream.WriteAsync(data, Token);
                stream.ShutdownSend();
            }, Token);
            var back = new MemoryStream();
            await stream.CopyToAsync(back, 5000, Token);
            await writing;
            Assert.Equal(SHA256.HashData(data), SHA256.HashData(back.ToArray()));
        }));
        await echoes;
    }

    [Fact]
    public async Task APortWithoutListener_IsRefusedAsUnavailable()
    {
        await using ChannelPair pair = ChannelPair.Start();
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => pair.Host.ConnectAsync(99, Token));
        Assert.Equal(FailureKind.Unavailable, error.Kind);
        Assert.Equal("cannot connect to vsock port 99: refused: nobody listens there, or too many wait", error.Message);
    }

    private static async Task EchoAsync(VsockStream stream)
    {
        await using (stream)
        {
            await stream.CopyToAsync(stream, 9000, Token);
            stream.ShutdownSend();
        }
    }
}
