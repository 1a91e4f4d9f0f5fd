namespace Skerry.Vsock.Packets;

/// <summary>What <see cref="PacketReader.Next"/> found in the bytes given to it.</summary>
internal enum PacketPart
{
    /// <summary>Nothing more: all bytes are used up.</summary>
    None,

    /// <summary>44 bytes where a header is due.</summary>
    Header,

    /// <summary>Some bytes of the payload announced by the last header.</summary>
    Payload,
}
