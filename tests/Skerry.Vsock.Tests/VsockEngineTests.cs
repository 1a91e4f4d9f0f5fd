using Skerry.Core;
using Skerry.Vsock.Engine;
using static Skerry.Vsock.Packets.VsockOperation;

namespace Skerry.Vsock.Tests;

/// <summary>The engine without I/O: opening, closing, credit, order.</summary>
public sealed class VsockEngineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connecting_SendsARequest_AndTheResponseOpens()
    {
        var driver = new EngineDriver();
        Task<VsockStream> connecting = driver.Engine.ConnectAsync(1024, Token);
        (var operation, uint localPort, uint peerPort, _) = Assert.Single(driver.Sent());
        Assert.Equal((VIRTIO_VSOCK_OP_REQUEST, 1024u), (operation, peerPort));
        Assert.False(connecting.IsCompleted);

        driver.Receive(VIRTIO_VSOCK_OP_RESPONSE, 1024, localPort);
        VsockStream stream = await connecting;
        Assert.Equal((localPort, 1024u), (stream.LocalPort, stream.PeerPort));
    }

    [Fact]
    public async Task AConnectThatIsGivenUp_SendsAResetAndIsForgotten()
    {
        var driver = new EngineDriver();
        using var giveUp = new CancellationTokenSource();
        Task<VsockStream> connecting = driver.Engine.ConnectAsync(1024, giveUp.Token);
        driver.Sent();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Equal(VIRTIO_VSOCK_OP_RST, Assert.Single(driver.Sent()).Operation);
        Assert.Equal(0, driver.Engine.ConnectionCount);
    }

    [Fact]
    public void ARequestWithoutListener_OrBeyondTheBacklog_IsReset()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        driver.Receive(VIRTIO_VSOCK_OP_REQUEST, 5, 8);
        driver.Receive(VIRTIO_VSOCK_OP_REQUEST, 5, 7);
        driver.Receive(VIRTIO_VSOCK_OP_REQUEST, 6, 7);
        Assert.Equal([(VIRTIO_VSOCK_OP_RST, 8u, 5u, 0u), (VIRTIO_VSOCK_OP_RST, 7u, 6u, 0u), (VIRTIO_VSOCK_OP_RESPONSE, 7u, 5u, 0u)], driver.Sent());
        Assert.Equal(FailureKind.AlreadyExists, Assert.Throws<SkerryException>(() => driver.Engine.Listen(7, 1)).Kind);
    }

    [Fact]
    public async Task TheLimitOfConnections_HoldsForBothSides()
    {
        var driver = new EngineDriver(EngineDriver.Options(maxConnections: 2));
        using VsockListener listener = driver.Engine.Listen(7, backlog: 10);
        for (uint port = 1; port <= 3; port++)
        {
            driver.Receive(VIRTIO_VSOCK_OP_REQUEST, port, 7);
        }

        Assert.Equal((VIRTIO_VSOCK_OP_RST, 7u, 3u, 0u), driver.Sent()[0]);
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => driver.Engine.ConnectAsync(1, Token));
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        (await listener.AcceptAsync(Token)).Dispose();
        driver.Sent();
        _ = driver.Engine.ConnectAsync(1, Token);
        Assert.Equal(VIRTIO_VSOCK_OP_REQUEST, Assert.Single(driver.Sent()).Operation);
    }

    [Fact]
    public async Task AWriter_SendsWhatThePeerHasRoomFor_AsksForCreditOnce_AndGoesOn()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        Task writing = stream.WriteAsync(new byte[2500], Token).AsTask();
        Assert.Equal([(VIRTIO_VSOCK_OP_RW, 7u, 5u, 1000u), (VIRTIO_VSOCK_OP_CREDIT_REQUEST, 7u, 5u, 0u)], driver.Sent());
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_CREDIT_UPDATE, 5, 7, forwardCount: 400));
        Assert.Equal((VIRTIO_VSOCK_OP_RW, 7u, 5u, 400u), driver.Sent()[0]);
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_CREDIT_UPDATE, 5, 7, forwardCount: 1400, buffer: 5000));
        Assert.Equal((VIRTIO_VSOCK_OP_RW, 7u, 5u, 1100u), Assert.Single(driver.Sent()));
        await writing;
    }

    [Fact]
    public async Task APeerThatClaimsToHaveReadMoreThanWasSent_OrLessThanBefore_GetsNoCreditForIt()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        Task writing = stream.WriteAsync(new byte[3000], Token).AsTask();
        driver.Sent();
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_CREDIT_UPDATE, 5, 7, forwardCount: 1001));
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_CREDIT_UPDATE, 5, 7, forwardCount: uint.MaxValue));
        Assert.DoesNotContain(driver.Sent(), packet => packet.Operation == VIRTIO_VSOCK_OP_RW);
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_CREDIT_UPDATE, 5, 7, forwardCount: 1000));
        driver.Sent();
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_CREDIT_UPDATE, 5, 7, forwardCount: 900, buffer: 10));
        Assert.DoesNotContain(driver.Sent(), packet => packet.Operation == VIRTIO_VSOCK_OP_RW);
        Assert.False(writing.IsCompleted);
    }

    [Fact]
    public async Task AReader_TellsThePeerAfterAQuarterOfTheBuffer()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 5, 7), new byte[1024]);
        Assert.Equal(255, await stream.ReadAsync(new byte[255], Token));
        Assert.Empty(driver.Sent());
        Assert.Equal(1, await stream.ReadAsync(new byte[1], Token));
        var update = Assert.Single(driver.SentHeaders());
        Assert.Equal((VIRTIO_VSOCK_OP_CREDIT_UPDATE, 256u, 1024u), (update.Operation, update.ForwardCount, update.BufferBytes));
        driver.Receive(VIRTIO_VSOCK_OP_CREDIT_REQUEST, 5, 7);
        Assert.Equal(VIRTIO_VSOCK_OP_CREDIT_UPDATE, Assert.Single(driver.Sent()).Operation);
    }

    [Fact]
    public async Task Streams_TakeTurnsPacketByPacket()
    {
        var driver = new EngineDriver(EngineDriver.Options(maxPayload: 100));
        using VsockListener listener = driver.Engine.Listen(7, backlog: 3);
        VsockStream bulk = await driver.AcceptAsync(listener, 1);
        VsockStream small = await driver.AcceptAsync(listener, 2);
        Task writing = bulk.WriteAsync(new byte[300], Token).AsTask();
        Task message = small.WriteAsync(new byte[10], Token).AsTask();
        Assert.Equal([(1u, 100u), (2u, 10u), (1u, 100u), (1u, 100u)], driver.Sent().Select(packet => (packet.PeerPort, packet.Length)));
        await writing;
        await message;
    }

    [Fact]
    public async Task ShutdownSend_ComesAfterTheBytes_AndReadingGoesOn()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        Task writing = stream.WriteAsync(new byte[1500], Token).AsTask();
        stream.ShutdownSend();
        stream.ShutdownSend();
        Assert.DoesNotContain(driver.Sent(), packet => packet.Operation == VIRTIO_VSOCK_OP_SHUTDOWN);
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_CREDIT_UPDATE, 5, 7, forwardCount: 1000));
        var last = driver.SentHeaders();
        Assert.Equal([VIRTIO_VSOCK_OP_RW, VIRTIO_VSOCK_OP_SHUTDOWN], last.Select(header => header.Operation));
        Assert.Equal(2u, last[1].Flags);
        await writing;
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.WriteAsync(new byte[1], Token).AsTask());

        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 5, 7), new byte[3]);
        Assert.Equal(3, await stream.ReadAsync(new byte[10], Token));
    }

    [Fact]
    public async Task AnOrderlyEnd_LeavesWhatHadArrived_AndAnswersWithReset()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 5, 7), new byte[3]);
        driver.Receive(VIRTIO_VSOCK_OP_SHUTDOWN, 5, 7, flags: 3);
        Assert.Equal((VIRTIO_VSOCK_OP_RST, 7u, 5u, 0u), Assert.Single(driver.Sent()));
        Assert.Equal(0, driver.Engine.ConnectionCount);
        Assert.Equal(3, await stream.ReadAsync(new byte[10], Token));
        Assert.Equal(0, await stream.ReadAsync(new byte[10], Token));
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync(new byte[1], Token).AsTask());
        stream.Dispose();
        Assert.Empty(driver.Sent());
    }

    [Fact]
    public async Task AReset_LeavesWhatHadArrived_AndThenThrows()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 5, 7), new byte[3]);
        Task writing = stream.WriteAsync(new byte[2000], Token).AsTask();
        driver.Sent();
        driver.Receive(VIRTIO_VSOCK_OP_RST, 5, 7);
        await Assert.ThrowsAsync<IOException>(() => writing);
        Assert.Equal(3, await stream.ReadAsync(new byte[10], Token));
        IOException error = await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[10], Token).AsTask());
        Assert.Equal("vsock connection 7:5: reset by the peer", error.Message);
    }

    [Fact]
    public async Task EitherSideMayGoFirst_AndBothForget()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 2);
        VsockStream first = await driver.AcceptAsync(listener, 1);
        first.Dispose();
        var shutdown = Assert.Single(driver.SentHeaders());
        Assert.Equal((VIRTIO_VSOCK_OP_SHUTDOWN, 3u), (shutdown.Operation, shutdown.Flags));
        driver.Receive(VIRTIO_VSOCK_OP_RST, 1, 7);
        Assert.Empty(driver.Sent());

        VsockStream second = await driver.AcceptAsync(listener, 2);
        driver.Receive(VIRTIO_VSOCK_OP_SHUTDOWN, 2, 7, flags: 2);
        Assert.Equal(0, await second.ReadAsync(new byte[1], Token));
        Task writing = second.WriteAsync(new byte[1], Token).AsTask();
        Assert.Contains(driver.Sent(), packet => packet.Operation == VIRTIO_VSOCK_OP_RW);
        await writing;
        second.Dispose();
        Assert.Equal(VIRTIO_VSOCK_OP_SHUTDOWN, Assert.Single(driver.Sent()).Operation);
        Assert.Equal(0, driver.Engine.ConnectionCount);
    }

    [Fact]
    public async Task AReadThatWaits_GetsItsBytesDirectly_AnEmptyOneJustLearnsOfThem()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        Task<int> waiting = stream.ReadAsync(Memory<byte>.Empty, Token).AsTask();
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 5, 7), "abcdef"u8);
        Assert.Equal(0, await waiting);
        byte[] buffer = new byte[4];
        Assert.Equal(4, await stream.ReadAsync(buffer, Token));
        Assert.Equal("abcd"u8.ToArray(), buffer);
        Assert.Equal(2, await stream.ReadAsync(buffer, Token));
        Task<int> direct = stream.ReadAsync(buffer, Token).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadAsync(buffer, Token).AsTask());
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 5, 7), "ghijkl"u8);
        Assert.Equal(4, await direct);
        Assert.Equal(2, await stream.ReadAsync(buffer, Token));
        Assert.Equal("klij"u8.ToArray(), buffer);
    }

    [Fact]
    public async Task CancellingAReadOrWrite_EndsOnlyThat()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        for (int i = 0; i < 3; i++)
        {
            using var cancel = new CancellationTokenSource();
            Task<int> reading = stream.ReadAsync(new byte[1], cancel.Token).AsTask();
            Task writing = stream.WriteAsync(new byte[2000], cancel.Token).AsTask();
            driver.Sent();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        }

        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 5, 7, forwardCount: 1000), new byte[1]);
        Assert.Equal(1, await stream.ReadAsync(new byte[1], Token));
        Task last = stream.WriteAsync(new byte[10], Token).AsTask();
        Assert.Contains((VIRTIO_VSOCK_OP_RW, 7u, 5u, 10u), driver.Sent());
        await last;
    }

    [Fact]
    public async Task Disposing_EndsWhatWaits()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 1);
        VsockStream stream = await driver.AcceptAsync(listener);
        Task<int> reading = stream.ReadAsync(new byte[1], Token).AsTask();
        Task writing = stream.WriteAsync(new byte[2000], Token).AsTask();
        stream.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writing);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1], Token).AsTask());
    }

    [Fact]
    public async Task AResetOfTheChannel_EndsStreamsAndKeepsListeners()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 4);
        VsockStream stream = await driver.AcceptAsync(listener);
        driver.Receive(VIRTIO_VSOCK_OP_REQUEST, 6, 7);
        Task<VsockStream> connecting = driver.Engine.ConnectAsync(9, Token);
        var wakes = default(WakeList);
        lock (driver.Engine.Lock)
        {
            driver.Engine.ResetAll("gone", ref wakes);
        }

        Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<SkerryException>(() => connecting)).Kind);
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[1], Token).AsTask());
        Assert.Empty(driver.Sent());
        Assert.Equal(77u, (await driver.AcceptAsync(listener, 77)).PeerPort);
    }
}
