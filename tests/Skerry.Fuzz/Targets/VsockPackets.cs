using Skerry.Vsock.Engine;
using Skerry.Vsock.Packets;

namespace Skerry.Fuzz.Targets;

/// <summary>Packets for seeds.</summary>
internal static class VsockPackets
{
    internal static byte[] Packet(bool fromGuest, VsockOperation operation, uint sourcePort, uint destinationPort, int payload = 0, uint flags = 0, uint forwardCount = 0)
    {
        byte[] bytes = new byte[VsockHeader.Size + payload];
        var header = new VsockHeader
        {
            SourceCid = fromGuest ? VsockEngineOptions.GuestCid : VsockEngineOptions.HostCid,
            DestinationCid = fromGuest ? VsockEngineOptions.HostCid : VsockEngineOptions.GuestCid,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Length = (uint)payload,
            Type = VsockHeader.StreamType,
            Operation = operation,
            Flags = flags,
            BufferBytes = 4096,
            ForwardCount = forwardCount,
        };
        header.Write(bytes);
        bytes.AsSpan(VsockHeader.Size).Fill((byte)'x');
        return bytes;
    }
}
