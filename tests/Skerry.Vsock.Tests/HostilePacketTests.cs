using Skerry.Vsock.Packets;
using static Skerry.Vsock.Packets.VsockOperation;

namespace Skerry.Vsock.Tests;

/// <summary>What a peer that breaks the rules gets: its connection reset, or, where its bytes make no sense, an error.</summary>
public sealed class HostilePacketTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> RuleBreakers => new(Enumerable.Range(0, 4));

    [Theory]
    [MemberData(nameof(RuleBreakers))]
    public async Task ABrokenRule_ResetsThatConnectionOnly(int which)
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 2);
        VsockStream victim = await driver.AcceptAsync(listener, 1);
        VsockStream other = await driver.AcceptAsync(listener, 2);
        switch (which)
        {
            case 0:
                driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 1, 7), new byte[1025]);
                break;
            case 1:
                driver.Receive(VIRTIO_VSOCK_OP_REQUEST, 1, 7);
                break;
            case 2:
                driver.Receive(VIRTIO_VSOCK_OP_RESPONSE, 1, 7);
                break;
            default:
                driver.Receive(VIRTIO_VSOCK_OP_SHUTDOWN, 1, 7, flags: 2);
                driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 1, 7), new byte[1]);
                break;
        }

        Assert.Equal((VIRTIO_VSOCK_OP_RST, 7u, 1u, 0u), Assert.Single(driver.Sent()));
        await Assert.ThrowsAsync<IOException>(() => victim.WriteAsync(new byte[1], Token).AsTask());
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 2, 7), new byte[1]);
        Assert.Equal(1, await other.ReadAsync(new byte[9], Token));
    }

    [Fact]
    public void PacketsForNoConnection_AreReset_AndResetsAreNotAnswered()
    {
        var driver = new EngineDriver();
        driver.Receive(EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 1, 2), new byte[10]);
        driver.Receive(VIRTIO_VSOCK_OP_RST, 3, 4);
        driver.Receive(VIRTIO_VSOCK_OP_CREDIT_UPDATE, 5, 6);
        driver.Receive(VIRTIO_VSOCK_OP_RESPONSE, 7, 8);
        Assert.Equal([(VIRTIO_VSOCK_OP_RST, 2u, 1u, 0u), (VIRTIO_VSOCK_OP_RST, 8u, 7u, 0u)], driver.Sent());
    }

    [Fact]
    public void AFloodOfStrangers_IsAnsweredUpToALimit()
    {
        var driver = new EngineDriver();
        for (uint port = 1; port <= 5000; port++)
        {
            driver.Receive(VIRTIO_VSOCK_OP_REQUEST, port, 1);
        }

        Assert.Equal(1024, driver.Sent().Count);
    }

    [Fact]
    public void AFloodOfRequests_OpensNoMoreThanTheLimit()
    {
        var driver = new EngineDriver();
        using VsockListener listener = driver.Engine.Listen(7, backlog: 100);
        for (uint port = 1; port <= 50; port++)
        {
            driver.Receive(VIRTIO_VSOCK_OP_REQUEST, port, 7);
        }

        Assert.Equal(8, driver.Engine.ConnectionCount);
        Assert.Equal(8, driver.Sent().Count(packet => packet.Operation == VIRTIO_VSOCK_OP_RESPONSE));
    }

    public static TheoryData<string> Nonsense => ["source", "destination", "type", "operation 0", "operation 8", "length", "payload"];

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void WhatIsNoPacketOfThisChannel_IsAnError(string what)
    {
        var driver = new EngineDriver();
        VsockHeader good = EngineDriver.Packet(VIRTIO_VSOCK_OP_RW, 1, 2);
        VsockHeader bad = what switch
        {
            "source" => good with { SourceCid = 9 },
            "destination" => good with { DestinationCid = 9 },
            "type" => good with { Type = 2 },
            "operation 0" => good with { Operation = VIRTIO_VSOCK_OP_INVALID },
            "operation 8" => good with { Operation = (VsockOperation)8 },
            "length" => good with { Length = (64 << 10) + 1 },
            _ => good with { Operation = VIRTIO_VSOCK_OP_SHUTDOWN, Length = 1 },
        };
        Assert.Throws<VsockProtocolException>(() => driver.Receive(bad));
    }
}
