using System.Text;
using Google.Protobuf;

namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>Writes protobuf fields into a buffer whose size was computed beforehand. Field numbers are below 16: one byte of tag.</summary>
internal ref struct WireWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _position;

    /// <summary>Bytes written.</summary>
    internal readonly int Written => _position;

    /// <summary>Bytes of <paramref name="value"/> as a varint.</summary>
    internal static int SizeOfVarint(ulong value) => ((63 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7) + 1;

    /// <summary>Bytes of a field with <paramref name="length"/> bytes in it, tag and length included.</summary>
    internal static int SizeOfBytes(int length) => 1 + SizeOfVarint((ulong)length) + length;

    /// <summary>Bytes of a text field; none when it is empty.</summary>
    internal static int SizeOfText(string text) => text.Length == 0 ? 0 : SizeOfBytes(Encoding.UTF8.GetByteCount(text));

    /// <summary>Bytes of an integer field; none when it is zero.</summary>
    internal static int SizeOfInteger(long value) => value == 0 ? 0 : 1 + SizeOfVarint((ulong)value);

    /// <summary>Writes the tag and length of a field that is written next.</summary>
    internal void WriteLength(int fieldNumber, int length)
    {
        WriteTag(fieldNumber, WireType.Bytes);
        WriteVarint((ulong)length);
    }

    /// <summary>Writes text, unless it is empty.</summary>
    internal void WriteText(int fieldNumber, string text)
    {
        if (text.Length != 0)
        {
            WriteLength(fieldNumber, Encoding.UTF8.GetByteCount(text));
            _position += Encoding.UTF8.GetBytes(text, _destination[_position..]);
        }
    }

    /// <summary>Writes an integer, unless it is zero.</summary>
    internal void WriteInteger(int fieldNumber, long value)
    {
        if (value != 0)
        {
            WriteTag(fieldNumber, WireType.Varint);
            WriteVarint((ulong)value);
        }
    }

    /// <summary>Writes a message of <paramref name="size"/> bytes as a field, unless it is empty.</summary>
    internal void WriteMessage(int fieldNumber, IMessage message, int size)
    {
        if (size != 0)
        {
            WriteLength(fieldNumber, size);
            message.WriteTo(_destination.Slice(_position, size));
            _position += size;
        }
    }

    private void WriteTag(int fieldNumber, WireType type) => _destination[_position++] = (byte)((fieldNumber << 3) | (int)type);

    private void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            _destination[_position++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _destination[_position++] = (byte)value;
    }
}
