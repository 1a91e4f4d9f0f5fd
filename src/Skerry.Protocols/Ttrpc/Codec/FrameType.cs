namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>Types of a frame, ttrpc PROTOCOL.md "Message types".</summary>
internal enum FrameType : byte
{
    /// <summary>A request: starts a stream.</summary>
    Request = 1,

    /// <summary>A response: ends a stream.</summary>
    Response = 2,

    /// <summary>Data within a stream (ttrpc 1.2), which a unary peer never sends.</summary>
    Data = 3,
}
