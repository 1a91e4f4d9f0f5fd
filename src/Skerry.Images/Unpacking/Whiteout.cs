namespace Skerry.Images.Unpacking;

/// <summary>How layers say that something of the layers below is gone. Image-spec 1.1, layer.md "Whiteouts".</summary>
internal static class Whiteout
{
    /// <summary>The marker of an opaque directory: nothing of the layers below shows in it.</summary>
    internal static ReadOnlySpan<byte> OpaqueMarker => ".wh..wh..opq"u8;

    private static ReadOnlySpan<byte> Prefix => ".wh."u8;

    private static ReadOnlySpan<byte> ReservedPrefix => ".wh..wh."u8;

    /// <summary>What the entry called <paramref name="name"/> says, and the name it hides.</summary>
    internal static WhiteoutKind KindOf(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> hidden)
    {
        hidden = [];
        if (!name.StartsWith(Prefix))
        {
            return WhiteoutKind.None;
        }

        if (name.StartsWith(ReservedPrefix))
        {
            return name.SequenceEqual(OpaqueMarker) ? WhiteoutKind.Opaque : WhiteoutKind.Ignored;
        }

        hidden = name[Prefix.Length..];
        return WhiteoutKind.Hides;
    }

    /// <summary>True when a whiteout's hidden name could name nothing but a directory's own or parent's entry.</summary>
    internal static bool IsUnusable(ReadOnlySpan<byte> hidden) => hidden.IsEmpty || hidden.SequenceEqual("."u8) || hidden.SequenceEqual(".."u8);
}
