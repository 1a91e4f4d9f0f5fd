using System.Security.Cryptography;

namespace Skerry.Vsock.Tests;

/// <summary>What the channel does under load: bounded memory, no stream stalls another.</summary>
public sealed class CarrierLoadTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhenNobodyReads_TheWriterWaits_AndMemoryStaysBounded()
    {
        await using ChannelPair pair = ChannelPair.Start();
        using VsockListener listener = pair.Guest.Listen(1);
        (VsockStream host, VsockStream guest) = await pair.ConnectAsync(listener);
        (VsockStream otherHost, VsockStream otherGuest) = await pair.ConnectAsync(listener);
        long written = 0;
        Task writing = Task.Run(async () =>
        {
            byte[] buffer = new byte[10_000];
            while (written < 64 << 20)
            {
                await guest.WriteAsync(buffer, Token);
                written += buffer.Length;
            }

            guest.ShutdownSend();
        }, Token);

        // The other stream goes on while this one stands still: that also gives the writer all the time it needs to overrun a limit.
        byte[] message = new byte[100];
        for (int i = 0; i < 2000; i++)
        {
            await otherHost.WriteAsync(message, Token);
            await otherGuest.ReadExactlyAsync(message, Token);
            await otherGuest.WriteAsync(message, Token);
            await otherHost.ReadExactlyAsync(message, Token);
        }

        Assert.False(writing.IsCompleted);
        Assert.InRange(written, 200 << 10, 256 << 10);
        long received = 0;
        byte[] read = new byte[100_000];
        int count;
        while ((count = await host.ReadAsync(read, Token)) > 0)
        {
            received += count;
        }

        await writing;
        Assert.Equal(written, received);
    }

    [Fact]
    public async Task MessagesBesideBulkTransfers_KeepMoving()
    {
        await using ChannelPair pair = ChannelPair.Start();
        using VsockListener listener = pair.Guest.Listen(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var bulk = new List<Task>();
        for (int i = 0; i < 4; i++)
        {
            (VsockStream host, VsockStream guest) = await pair.ConnectAsync(listener);
            bulk.Add(FloodAsync(guest, stop.Token));
            bulk.Add(DrainAsync(host));
        }

        (VsockStream near, VsockStream far) = await pair.ConnectAsync(listener);
        Task echo = Task.Run(() => far.CopyToAsync(far, Token), Token);
        byte[] message = RandomNumberGenerator.GetBytes(200);
        byte[] back = new byte[200];
        for (int i = 0; i < 200; i++)
        {
            await near.WriteAsync(message, Token);
            await near.ReadExactlyAsync(back, Token);
            Assert.Equal(message, back);
        }

        await stop.CancelAsync();
        near.ShutdownSend();
        await echo;
        await Task.WhenAll(bulk);
    }

    [Fact]
    public async Task StreamsThatComeAndGo_LeaveNothingBehind()
    {
        await using ChannelPair pair = ChannelPair.Start(new SerialPortOptions { MaxConnections = 40 });
        using VsockListener listener = pair.Guest.Listen(1);
        Task serving = Task.Run(async () =>
        {
            for (int i = 0; i < 600; i++)
            {
                await using VsockStream stream = await listener.AcceptAsync(Token);
                await stream.CopyToAsync(stream, Token);
            }
        }, Token);
        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (i, token) =>
        {
            await using VsockStream stream = await pair.Host.ConnectAsync(1, token);
            byte[] message = BitConverter.GetBytes(i);
            await stream.WriteAsync(message, token);
            stream.ShutdownSend();
            byte[] back = new byte[4];
            await stream.ReadExactlyAsync(back, token);
            Assert.Equal(message, back);
            Assert.Equal(0, await stream.ReadAsync(back, token));
        });
        await serving;
        Assert.Equal((0, 0), (pair.Host.ConnectionCount, pair.Guest.ConnectionCount));
    }

    private static async Task FloodAsync(VsockStream stream, CancellationToken stop)
    {
        byte[] buffer = new byte[64 << 10];
        while (!stop.IsCancellationRequested)
        {
            await stream.WriteAsync(buffer, Token);
        }

        stream.ShutdownSend();
    }

    private static async Task DrainAsync(VsockStream stream)
    {
        byte[] buffer = new byte[64 << 10];
        int count;
        do
        {
            count = await stream.ReadAsync(buffer, Token);
        }
        while (count > 0);
    }
}
