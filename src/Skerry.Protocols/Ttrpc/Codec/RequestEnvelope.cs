namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>A request as it stands in a frame, its payload not copied. protos/ttrpc/ttrpc.proto, message Request.</summary>
internal ref struct RequestEnvelope
{
    /// <summary>More key-value pairs than this are not believed.</summary>
    internal const int MaxMetadata = 64;

    /// <summary>The service's full name, UTF-8.</summary>
    internal ReadOnlySpan<byte> Service;

    /// <summary>The method's name, UTF-8.</summary>
    internal ReadOnlySpan<byte> Method;

    /// <summary>The request message, still encoded.</summary>
    internal ReadOnlySpan<byte> Payload;

    /// <summary>How long the caller waits, in nanoseconds; 0 without a limit.</summary>
    internal long TimeoutNano;

    /// <summary>Key-value pairs; null when there are none.</summary>
    internal List<KeyValuePair<string, string>>? Metadata;

    /// <summary>Reads an envelope; false when the bytes are malformed.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out RequestEnvelope envelope)
    {
        envelope = default;
        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            ulong timeout = (ulong)envelope.TimeoutNano;
            bool read = reader.TryReadTag(out int field, out WireType type) && (field, type) switch
            {
                (1, WireType.Bytes) => reader.TryReadBytes(out envelope.Service),
                (2, WireType.Bytes) => reader.TryReadBytes(out envelope.Method),
                (3, WireType.Bytes) => reader.TryReadBytes(out envelope.Payload),
                (4, WireType.Varint) => reader.TryReadVarint(out timeout),
                (5, WireType.Bytes) => reader.TryReadBytes(out ReadOnlySpan<byte> pair) && envelope.TryAddMetadata(pair),
                _ => reader.TrySkip(type),
            };
            if (!read)
            {
                return false;
            }

            envelope.TimeoutNano = (long)timeout;
        }

        return true;
    }

    private bool TryAddMetadata(ReadOnlySpan<byte> pair)
    {
        string key = string.Empty;
        string value = string.Empty;
        var reader = new WireReader(pair);
        while (!reader.AtEnd)
        {
            bool read = reader.TryReadTag(out int field, out WireType type) && (field, type) switch
            {
                (1, WireType.Bytes) => reader.TryReadText(out key),
                (2, WireType.Bytes) => reader.TryReadText(out value),
                _ => reader.TrySkip(type),
            };
            if (!read)
            {
                return false;
            }
        }

        Metadata ??= [];
        Metadata.Add(new KeyValuePair<string, string>(key, value));
        return Metadata.Count <= MaxMetadata;
    }
}
