namespace Skerry.Protocols.Ttrpc.Session;

/// <summary>What <see cref="FrameReader.TryRead"/> found among the bytes at hand.</summary>
internal enum FrameReadResult
{
    /// <summary>No whole frame: more bytes are needed.</summary>
    Incomplete,

    /// <summary>A frame.</summary>
    Frame,

    /// <summary>A header that announces more than <see cref="Codec.FrameHeader.MaxMessageLength"/>: nothing after it can be read.</summary>
    TooLarge,
}
