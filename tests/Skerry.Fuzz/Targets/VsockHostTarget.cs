using Skerry.Vsock;
using Skerry.Vsock.Carriers;
using Skerry.Vsock.Engine;
using Skerry.Vsock.Packets;

namespace Skerry.Fuzz.Targets;

/// <summary>The host's end of the channel in an established session with two streams: everything after that is the guest's.</summary>
internal sealed class VsockHostTarget : IFuzzTarget
{
    private const uint BufferBytes = 1024;
    private const uint FirstPort = 1 << 20;

    public string Name => "vsock-host";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [
            .. VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_RESPONSE, 1024, FirstPort),
            .. VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_RW, 1024, FirstPort, payload: 100),
            .. VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_CREDIT_UPDATE, 1024, FirstPort, forwardCount: 5),
            .. VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_SHUTDOWN, 1024, FirstPort, flags: 3),
        ],
        [
            .. VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_RST, 1024, FirstPort + 1),
            .. VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_REQUEST, 7, 7),
            .. VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_CREDIT_REQUEST, 9, 9),
        ],
    ];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        new HelloFrame(HelloKind.Ready, 1, 0).ToBytes(),
        new HelloFrame(HelloKind.Welcome, 1, 0).ToBytes(),
        VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_RW, 1024, FirstPort, payload: 3),
        VsockPackets.Packet(true, VsockOperation.VIRTIO_VSOCK_OP_RESPONSE, 1024, FirstPort + 1),
    ];

    public void Run(byte[] input)
    {
        var engine = new VsockEngine(new VsockEngineOptions
        {
            LocalCid = VsockEngineOptions.HostCid,
            PeerCid = VsockEngineOptions.GuestCid,
            BufferBytes = BufferBytes,
            MaxConnections = 2,
        });
        var session = new SerialSession(engine, ChannelRole.Host);
        Establish(engine, session);
        Task<VsockStream>[] streams = [engine.ConnectAsync(1024, CancellationToken.None), engine.ConnectAsync(1024, CancellationToken.None)];
        try
        {
            VsockDrain.Feed(engine, session, input);
        }
        finally
        {
            VsockDrain.Check(engine, streams, BufferBytes);
        }
    }

    public bool IsExpected(Exception error) => error is VsockProtocolException;

    private static void Establish(VsockEngine engine, SerialSession session)
    {
        byte[] output = new byte[8192];
        var wakes = default(WakeList);
        lock (engine.Lock)
        {
            session.Open();
        }

        engine.TryClaimOutput();
        engine.Fill(output, ref wakes);
        HelloFrame.TryRead(output.AsSpan(0, HelloFrame.Size), out HelloFrame hello);
        lock (engine.Lock)
        {
            session.Receive(new HelloFrame(HelloKind.Welcome, 1, hello.Nonce).ToBytes(), ref wakes);
        }
    }
}
