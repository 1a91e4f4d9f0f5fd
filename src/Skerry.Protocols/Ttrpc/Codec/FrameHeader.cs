using System.Buffers.Binary;

namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>The ten bytes before every message: length, stream id (both big-endian), type, flags. ttrpc PROTOCOL.md.</summary>
internal readonly record struct FrameHeader(uint Length, uint StreamId, FrameType Type, FrameFlags Flags)
{
    /// <summary>Bytes of a header.</summary>
    internal const int Size = 10;

    /// <summary>The largest message, without its header: 4 MiB. A peer that announces more is not listened to any longer.</summary>
    internal const int MaxMessageLength = 4 << 20;

    /// <summary>Reads a header from the first <see cref="Size"/> bytes of <paramref name="source"/>.</summary>
    internal static FrameHeader Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt32BigEndian(source),
        BinaryPrimitives.ReadUInt32BigEndian(source[4..]),
        (FrameType)source[8],
        (FrameFlags)source[9]);

    /// <summary>Writes the header into the first <see cref="Size"/> bytes of <paramref name="destination"/>.</summary>
    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Length);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], StreamId);
        destination[8] = (byte)Type;
        destination[9] = (byte)Flags;
    }
}
