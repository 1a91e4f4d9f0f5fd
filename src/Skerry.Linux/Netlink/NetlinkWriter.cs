using System.Buffers.Binary;
using System.Text;

namespace Skerry.Linux.Netlink;

/// <summary>Writes one netlink message: a header, a fixed part, then attributes that may hold attributes.</summary>
/// <remarks>
/// netlink(7), rtnetlink(7). Numbers are in host order; everything is padded to four bytes. Lengths are filled in when a part is
/// complete: <see cref="EndNested"/> for an attribute, <see cref="Complete"/> for the message.
/// </remarks>
internal sealed class NetlinkWriter
{
    private const int HeaderBytes = 16;
    private const int AttributeHeaderBytes = 4;
    private const int InitialBytes = 256;

    private byte[] _buffer = new byte[InitialBytes];
    private int _length = HeaderBytes;

    /// <summary>Begins a message.</summary>
    /// <param name="type">One of the RTM_ numbers.</param>
    /// <param name="flags">NLM_F_ flags beside NLM_F_REQUEST.</param>
    internal NetlinkWriter(ushort type, ushort flags)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(6), (ushort)(flags | NetlinkConstants.NLM_F_REQUEST));
    }

    /// <summary>Appends a byte of the fixed part.</summary>
    internal NetlinkWriter Byte(byte value)
    {
        Reserve(1)[0] = value;
        return this;
    }

    /// <summary>Appends 16 bits of the fixed part.</summary>
    internal NetlinkWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), value);
        return this;
    }

    /// <summary>Appends 32 bits of the fixed part.</summary>
    internal NetlinkWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);
        return this;
    }

    /// <summary>Appends 32 bits of the fixed part.</summary>
    internal NetlinkWriter Int32(int value) => UInt32((uint)value);

    /// <summary>Appends an attribute.</summary>
    internal NetlinkWriter Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        UInt16(checked((ushort)(AttributeHeaderBytes + value.Length))).UInt16(type);
        value.CopyTo(Reserve(value.Length));
        Align();
        return this;
    }

    /// <summary>Appends an attribute of 32 bits.</summary>
    internal NetlinkWriter Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Attribute(type, bytes);
    }

    /// <summary>Appends an attribute of text with its final zero.</summary>
    internal NetlinkWriter Attribute(ushort type, string value) => Attribute(type, [.. Encoding.UTF8.GetBytes(value), 0]);

    /// <summary>Begins an attribute that holds others; the result is for <see cref="EndNested"/>.</summary>
    internal int BeginNested(ushort type, bool flagged = true)
    {
        int start = _length;
        UInt16(0).UInt16(flagged ? (ushort)(type | NetlinkConstants.NLA_F_NESTED) : type);
        return start;
    }

    /// <summary>Ends the attribute that began at <paramref name="start"/>.</summary>
    internal NetlinkWriter EndNested(int start)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(start), checked((ushort)(_length - start)));
        return this;
    }

    /// <summary>The message, with its length and <paramref name="sequence"/> filled in.</summary>
    internal ReadOnlySpan<byte> Complete(uint sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, (uint)_length);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(8), sequence);
        return _buffer.AsSpan(0, _length);
    }

    private void Align() => Reserve((4 - (_length & 3)) & 3).Clear();

    private Span<byte> Reserve(int count)
    {
        if (_length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        }

        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }
}
