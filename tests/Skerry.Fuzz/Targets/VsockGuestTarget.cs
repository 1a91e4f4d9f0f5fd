using Skerry.Vsock;
using Skerry.Vsock.Carriers;
using Skerry.Vsock.Engine;
using Skerry.Vsock.Packets;

namespace Skerry.Fuzz.Targets;

/// <summary>The guest's end from the opening of its port: the scan for a hello, requests, data. It never gives up, whatever comes.</summary>
internal sealed class VsockGuestTarget : IFuzzTarget
{
    private const uint BufferBytes = 1024;

    public string Name => "vsock-guest";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [
            .. new HelloFrame(HelloKind.Hello, 1, 42).ToBytes(),
            .. VsockPackets.Packet(false, VsockOperation.VIRTIO_VSOCK_OP_REQUEST, 5, 1024),
            .. VsockPackets.Packet(false, VsockOperation.VIRTIO_VSOCK_OP_RW, 5, 1024, payload: 64),
            .. VsockPackets.Packet(false, VsockOperation.VIRTIO_VSOCK_OP_SHUTDOWN, 5, 1024, flags: 2),
        ],
        [.. "rest of an old session SKERRY-SKERRY-VSOCK"u8, .. new HelloFrame(HelloKind.Hello, 2, 43).ToBytes(times: 2)],
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        new HelloFrame(HelloKind.Hello, 1, 44).ToBytes(),
        VsockPackets.Packet(false, VsockOperation.VIRTIO_VSOCK_OP_REQUEST, 6, 1024),
        VsockPackets.Packet(false, VsockOperation.VIRTIO_VSOCK_OP_RW, 5, 1024, payload: 3),
        HelloFrame.Magic.ToArray(),
    ];

    public void Run(byte[] input)
    {
        var engine = new VsockEngine(new VsockEngineOptions
        {
            LocalCid = VsockEngineOptions.GuestCid,
            PeerCid = VsockEngineOptions.HostCid,
            BufferBytes = BufferBytes,
            MaxConnections = 3,
        });
        using VsockListener listener = engine.Listen(1024, backlog: 2);
        var session = new SerialSession(engine, ChannelRole.Guest);
        lock (engine.Lock)
        {
            session.Open();
        }

        VsockDrain.Feed(engine, session, input);
        VsockDrain.Check(engine, [], BufferBytes);

        // Whatever it was, up to a whole payload of hellos brings the guest back into a session.
        byte[] hellos = new HelloFrame(HelloKind.Hello, 1, 4711).ToBytes(times: (VsockHeader.MaxPayload / HelloFrame.Size) + 3);
        VsockDrain.Feed(engine, session, hellos);
        if (!session.IsEstablished)
        {
            throw new InvalidOperationException("the guest does not answer hellos any more");
        }
    }
}
