namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>A response as it stands in a frame, its payload not copied. protos/ttrpc/ttrpc.proto, message Response.</summary>
internal ref struct ResponseEnvelope
{
    /// <summary>The status code; <see cref="TtrpcStatusCode.Ok"/> also when there is no status.</summary>
    internal TtrpcStatusCode Code;

    /// <summary>The status message, UTF-8.</summary>
    internal ReadOnlySpan<byte> Message;

    /// <summary>The response message, still encoded.</summary>
    internal ReadOnlySpan<byte> Payload;

    /// <summary>Reads an envelope; false when the bytes are malformed.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out ResponseEnvelope envelope)
    {
        envelope = default;
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            bool read = reader.TryReadTag(out int field, out WireType type) && (field, type) switch
            {
                (1, WireType.Bytes) => reader.TryReadBytes(out ReadOnlySpan<byte> status) && envelope.TryReadStatus(status),
                (2, WireType.Bytes) => reader.TryReadBytes(out envelope.Payload),
                _ => reader.TrySkip(type),
            };
            if (!read)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadStatus(ReadOnlySpan<byte> status)
    {
        var reader = new WireReader(status);
        while (!reader.AtEnd)
        {
            ulong code = (ulong)Code;
            bool read = reader.TryReadTag(out int field, out WireType type) && (field, type) switch
            {
                (1, WireType.Varint) => reader.TryReadVarint(out code),
                (2, WireType.Bytes) => reader.TryReadBytes(out Message),
                _ => reader.TrySkip(type),
            };
            if (!read)
            {
                return false;
            }

            Code = (TtrpcStatusCode)(int)code;
        }

        return true;
    }
}
