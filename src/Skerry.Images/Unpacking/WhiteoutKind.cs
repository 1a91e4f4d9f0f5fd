namespace Skerry.Images.Unpacking;

/// <summary>What the name of an entry says about layers below.</summary>
internal enum WhiteoutKind
{
    /// <summary>Nothing: an ordinary entry.</summary>
    None,

    /// <summary>Hides one name.</summary>
    Hides,

    /// <summary>Hides everything in its directory.</summary>
    Opaque,

    /// <summary>Book-keeping of AUFS that means nothing to anyone else.</summary>
    Ignored,
}
