using System.Text;

namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>Reads protobuf fields from untrusted bytes, without copying: just what ttrpc's envelope needs.</summary>
/// <remarks>Protobuf encoding, "Message Structure". Every method returns false on malformed input and never reads past the end.</remarks>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>True when all bytes are read.</summary>
    internal readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Reads a tag; false when the bytes are malformed or the field number is zero.</summary>
    internal bool TryReadTag(out int fieldNumber, out WireType type)
    {
        bool read = TryReadVarint(out ulong tag) && tag is > 7 and <= uint.MaxValue;
        fieldNumber = (int)(tag >> 3);
        type = (WireType)(tag & 7);
        return read;
    }

    /// <summary>Reads a varint of at most ten bytes.</summary>
    internal bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (int i = 0; i < _rest.Length && i < 10; i++)
        {
            byte next = _rest[i];
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a length and as many bytes.</summary>
    internal bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        if (!TryReadVarint(out ulong length) || length > (ulong)_rest.Length)
        {
            value = default;
            return false;
        }

        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>Reads a length and as many bytes of text; bytes that are not UTF-8 become the replacement character.</summary>
    internal bool TryReadText(out string value)
    {
        bool read = TryReadBytes(out ReadOnlySpan<byte> bytes);
        value = read ? Encoding.UTF8.GetString(bytes) : string.Empty;
        return read;
    }

    /// <summary>Passes over a field whose number is not known.</summary>
    internal bool TrySkip(WireType type) => type switch
    {
        WireType.Varint => TryReadVarint(out _),
        WireType.Fixed64 => TrySkipBytes(8),
        WireType.Bytes => TryReadBytes(out _),
        WireType.Fixed32 => TrySkipBytes(4),
        _ => false,
    };

    private bool TrySkipBytes(int count)
    {
        bool enough = _rest.Length >= count;
        _rest = enough ? _rest[count..] : _rest;
        return enough;
    }
}
