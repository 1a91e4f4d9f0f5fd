namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>Flags of a frame, ttrpc PROTOCOL.md "Flags"; zero in unary calls and before ttrpc 1.2.</summary>
[Flags]
internal enum FrameFlags : byte
{
    /// <summary>A unary call.</summary>
    None = 0,

    /// <summary>The sender will send no more on this stream.</summary>
    RemoteClosed = 0x01,

    /// <summary>The sender will send data on this stream.</summary>
    RemoteOpen = 0x02,

    /// <summary>The frame has no data, which differs from empty data.</summary>
    NoData = 0x04,
}
