using Skerry.Vsock.Engine;
using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Tests;

/// <summary>An engine whose peer is the test: it writes packets by hand and looks at the ones that come.</summary>
internal sealed class EngineDriver
{
    internal const uint PeerBuffer = 1000;

    internal EngineDriver(VsockEngineOptions? options = null)
    {
        Engine = new VsockEngine(options ?? Options());
        lock (Engine.Lock)
        {
            Engine.SetOpen(output: true, session: true);
        }
    }

    internal VsockEngine Engine { get; }

    internal static VsockEngineOptions Options(uint bufferBytes = 1024, int maxConnections = 8, int maxPayload = 4096) => new()
    {
        LocalCid = VsockEngineOptions.GuestCid,
        PeerCid = VsockEngineOptions.HostCid,
        BufferBytes = bufferBytes,
        MaxConnections = maxConnections,
        MaxPayload = maxPayload,
    };

    internal static VsockHeader Packet(VsockOperation operation, uint peerPort, uint localPort, int length = 0, uint forwardCount = 0, uint buffer = PeerBuffer, uint flags = 0) => new()
    {
        SourceCid = VsockEngineOptions.HostCid,
        DestinationCid = VsockEngineOptions.GuestCid,
        SourcePort = peerPort,
        DestinationPort = localPort,
        Length = (uint)length,
        Type = VsockHeader.StreamType,
        Operation = operation,
        Flags = flags,
        BufferBytes = buffer,
        ForwardCount = forwardCount,
    };

    /// <summary>Gives the engine a packet of its peer.</summary>
    internal void Receive(VsockHeader header, ReadOnlySpan<byte> payload = default)
    {
        var wakes = default(WakeList);
        lock (Engine.Lock)
        {
            Engine.ReceiveHeader(header with { Length = (uint)payload.Length | header.Length }, ref wakes);
            if (!payload.IsEmpty)
            {
                Engine.ReceivePayload(payload, ref wakes);
            }
        }

        wakes.Run();
    }

    internal void Receive(VsockOperation operation, uint peerPort, uint localPort, uint flags = 0) => Receive(Packet(operation, peerPort, localPort, flags: flags));

    /// <summary>What the engine sends: operation, ports and payload length of each packet.</summary>
    internal List<(VsockOperation Operation, uint LocalPort, uint PeerPort, uint Length)> Sent() =>
        [.. SentHeaders().Select(header => (header.Operation, header.SourcePort, header.DestinationPort, header.Length))];

    internal List<VsockHeader> SentHeaders()
    {
        var headers = new List<VsockHeader>();
        byte[] output = new byte[64 << 10];
        var wakes = default(WakeList);
        if (Engine.TryClaimOutput())
        {
            int count;
            while ((count = Engine.Fill(output, ref wakes)) > 0)
            {
                for (int at = 0; at < count; at += VsockHeader.Size + (int)headers[^1].Length)
                {
                    headers.Add(VsockHeader.Read(output.AsSpan(at)));
                }
            }
        }

        wakes.Run();
        return headers;
    }

    /// <summary>A stream that the peer opened from port 5 to port 7.</summary>
    internal async Task<VsockStream> AcceptAsync(VsockListener listener, uint peerPort = 5)
    {
        Receive(VsockOperation.VIRTIO_VSOCK_OP_REQUEST, peerPort, listener.Port);
        VsockStream stream = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal(VsockOperation.VIRTIO_VSOCK_OP_RESPONSE, Assert.Single(Sent()).Operation);
        return stream;
    }
}
