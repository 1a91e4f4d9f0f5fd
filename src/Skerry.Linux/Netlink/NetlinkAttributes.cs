using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Skerry.Linux.Netlink;

/// <summary>Walks attributes; it ends at the first one whose length does not fit. Values of another size than expected read as nothing.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const int HeaderBytes = 4;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The number of the attribute at hand, without its flag bits.</summary>
    internal ushort Type { get; private set; }

    /// <summary>Its value.</summary>
    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The value as 32 bits; 0 when it is shorter.</summary>
    internal readonly uint UInt32 => Value.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Value) : 0;

    /// <summary>The value as text up to the first zero.</summary>
    internal readonly string Text
    {
        get
        {
            int end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }

    /// <summary>The value as an IPv4 or IPv6 address; null when its length is neither.</summary>
    internal readonly IPAddress? Address => Value.Length is 4 or 16 ? new IPAddress(Value) : null;

    /// <summary>The value as an Ethernet address; null when it is no six bytes.</summary>
    internal readonly MacAddress? Mac => Value.Length == MacAddress.SizeBytes ? new MacAddress(Value) : null;

    /// <summary>Goes to the next attribute; false at the end.</summary>
    internal bool Next()
    {
        if (_rest.Length < HeaderBytes)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < HeaderBytes || length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        Type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & NetlinkConstants.NLA_TYPE_MASK);
        Value = _rest[HeaderBytes..length];
        _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
