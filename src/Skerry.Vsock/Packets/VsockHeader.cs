using System.Buffers.Binary;

namespace Skerry.Vsock.Packets;

/// <summary>The header of a packet, 44 bytes, little-endian. Virtio 1.2, section 5.10.6, struct virtio_vsock_hdr.</summary>
internal readonly record struct VsockHeader
{
    /// <summary>Bytes of a header.</summary>
    internal const int Size = 44;

    /// <summary>The largest payload that is accepted: what Linux sends at most (VIRTIO_VSOCK_MAX_PKT_BUF_SIZE).</summary>
    internal const int MaxPayload = 64 << 10;

    /// <summary>VIRTIO_VSOCK_TYPE_STREAM.</summary>
    internal const ushort StreamType = 1;

    internal ulong SourceCid { get; init; }

    internal ulong DestinationCid { get; init; }

    internal uint SourcePort { get; init; }

    internal uint DestinationPort { get; init; }

    /// <summary>Bytes of payload after the header.</summary>
    internal uint Length { get; init; }

    internal ushort Type { get; init; }

    internal VsockOperation Operation { get; init; }

    /// <summary>For SHUTDOWN: <see cref="VsockShutdown"/>.</summary>
    internal uint Flags { get; init; }

    /// <summary>The sender's receive buffer for this connection, in bytes.</summary>
    internal uint BufferBytes { get; init; }

    /// <summary>How many bytes the sender has consumed of this connection; wraps at 2^32.</summary>
    internal uint ForwardCount { get; init; }

    /// <summary>Reads a header from the first <see cref="Size"/> bytes of <paramref name="source"/>.</summary>
    internal static VsockHeader Read(ReadOnlySpan<byte> source) => new()
    {
        SourceCid = BinaryPrimitives.ReadUInt64LittleEndian(source),
        DestinationCid = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        SourcePort = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]),
        DestinationPort = BinaryPrimitives.ReadUInt32LittleEndian(source[20..]),
        Length = BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
        Type = BinaryPrimitives.ReadUInt16LittleEndian(source[28..]),
        Operation = (VsockOperation)BinaryPrimitives.ReadUInt16LittleEndian(source[30..]),
        Flags = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]),
        BufferBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[36..]),
        ForwardCount = BinaryPrimitives.ReadUInt32LittleEndian(source[40..]),
    };

    /// <summary>Writes the header into the first <see cref="Size"/> bytes of <paramref name="destination"/>.</summary>
    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, SourceCid);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], DestinationCid);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], SourcePort);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], DestinationPort);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], Length);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[28..], Type);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[30..], (ushort)Operation);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[36..], BufferBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[40..], ForwardCount);
    }
}
