namespace Skerry.Protocols.Ttrpc.Codec;

/// <summary>Protobuf's wire types; groups (3 and 4) are not used and not accepted.</summary>
internal enum WireType
{
    /// <summary>A varint.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length and as many bytes.</summary>
    Bytes = 2,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}
