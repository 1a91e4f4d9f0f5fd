using System.Buffers.Binary;
using Skerry.Vsock.Packets;

namespace Skerry.Vsock.Carriers;

/// <summary>
/// A frame of the handshake: as long as the header of a packet, so that it can stand where one is due, and with a magic that no header
/// can start with.
/// </summary>
/// <remarks>16 bytes magic, u32 kind, u32 version, 16 bytes nonce, u32 features (0); little-endian.</remarks>
internal readonly record struct HelloFrame(HelloKind Kind, uint Version, UInt128 Nonce)
{
    /// <summary>Bytes of a frame.</summary>
    internal const int Size = VsockHeader.Size;

    /// <summary>The protocol's version that we speak; of two, the lower one is used.</summary>
    internal const uint CurrentVersion = 1;

    /// <summary>What a frame starts with. Read as a header it would name an impossible context id.</summary>
    internal static ReadOnlySpan<byte> Magic => "SKERRY-VSOCK/1\r\n"u8;

    /// <summary>True when <paramref name="bytes"/>, one frame long, is a frame of the handshake.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out HelloFrame frame)
    {
        frame = default;
        if (!bytes.StartsWith(Magic))
        {
            return false;
        }

        frame = new HelloFrame(
            (HelloKind)BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt128LittleEndian(bytes[24..]));
        return frame.Kind is >= HelloKind.Hello and <= HelloKind.Ready && frame.Version >= 1;
    }

    /// <summary>The frame as bytes, <paramref name="times"/> times.</summary>
    internal byte[] ToBytes(int times = 1)
    {
        byte[] bytes = new byte[Size * times];
        for (int i = 0; i < times; i++)
        {
            Write(bytes.AsSpan(i * Size));
        }

        return bytes;
    }

    private void Write(Span<byte> destination)
    {
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], (uint)Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], Version);
        BinaryPrimitives.WriteUInt128LittleEndian(destination[24..], Nonce);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[40..], 0);
    }
}
