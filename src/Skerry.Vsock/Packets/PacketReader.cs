namespace Skerry.Vsock.Packets;

/// <summary>Cuts a stream of bytes, in whatever pieces it comes, into headers and payload. No I/O, no copy of payload.</summary>
internal sealed class PacketReader
{
    private readonly byte[] _header = new byte[VsockHeader.Size];
    private int _headerBytes;
    private int _payloadBytes;

    /// <summary>True when the next byte starts a header.</summary>
    internal bool AtBoundary => _headerBytes == 0 && _payloadBytes == 0;

    /// <summary>Takes the next part off <paramref name="input"/>. <paramref name="part"/> is valid until the next call.</summary>
    internal PacketPart Next(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (input.IsEmpty)
        {
            return PacketPart.None;
        }

        if (_payloadBytes > 0)
        {
            part = input[..Math.Min(_payloadBytes, input.Length)];
            _payloadBytes -= part.Length;
            input = input[part.Length..];
            return PacketPart.Payload;
        }

        if (_headerBytes == 0 && input.Length >= VsockHeader.Size)
        {
            part = input[..VsockHeader.Size];
            input = input[VsockHeader.Size..];
            return PacketPart.Header;
        }

        return GatherHeader(ref input, out part);
    }

    /// <summary>Says that <paramref name="count"/> bytes of payload follow the header just read.</summary>
    internal void ExpectPayload(int count) => _payloadBytes = count;

    /// <summary>Forgets a packet that is only there in part.</summary>
    internal void Clear()
    {
        _headerBytes = 0;
        _payloadBytes = 0;
    }

    private PacketPart GatherHeader(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> part)
    {
        int count = Math.Min(VsockHeader.Size - _headerBytes, input.Length);
        input[..count].CopyTo(_header.AsSpan(_headerBytes));
        input = input[count..];
        _headerBytes += count;
        if (_headerBytes < VsockHeader.Size)
        {
            part = default;
            return PacketPart.None;
        }

        _headerBytes = 0;
        part = _header;
        return PacketPart.Header;
    }
}
