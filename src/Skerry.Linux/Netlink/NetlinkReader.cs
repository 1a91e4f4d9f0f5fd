using System.Buffers.Binary;

namespace Skerry.Linux.Netlink;

/// <summary>Walks the messages of one datagram; it ends at the first one whose length does not fit.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private const int HeaderBytes = 16;

    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>RTM_ or NLMSG_ number of the message at hand.</summary>
    internal ushort Type { get; private set; }

    /// <summary>NLM_F_ flags of the message at hand.</summary>
    internal ushort Flags { get; private set; }

    /// <summary>The number of the request it answers.</summary>
    internal uint Sequence { get; private set; }

    /// <summary>What follows the header.</summary>
    internal ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Goes to the next message; false at the end.</summary>
    internal bool Next()
    {
        if (_rest.Length < HeaderBytes)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (length < HeaderBytes || length > _rest.Length)
        {
            _rest = default;
            return false;
        }

        Type = BinaryPrimitives.ReadUInt16LittleEndian(_rest[4..]);
        Flags = BinaryPrimitives.ReadUInt16LittleEndian(_rest[6..]);
        Sequence = BinaryPrimitives.ReadUInt32LittleEndian(_rest[8..]);
        Payload = _rest[HeaderBytes..(int)length];
        _rest = _rest[Math.Min(((int)length + 3) & ~3, _rest.Length)..];
        return true;
    }
}
