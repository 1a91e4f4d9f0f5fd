using System.Text;

namespace Skerry.Images.Unpacking;

/// <summary>The name of a layer's entry once it is known to stay inside the layer: relative, no <c>.</c> or <c>..</c>, no empty parts.</summary>
internal sealed record LayerPath
{
    private const int MaxPathBytes = 4095;
    private const int MaxNameBytes = 255;

    private LayerPath(byte[] bytes) => Bytes = bytes;

    /// <summary>The cleaned path; empty for the layer's root.</summary>
    public byte[] Bytes { get; }

    /// <summary>True for the layer's root.</summary>
    public bool IsRoot => Bytes.Length == 0;

    /// <summary>The last part.</summary>
    public ReadOnlySpan<byte> Name => Bytes.AsSpan(LastSlash + 1);

    /// <summary>All but the last part; empty for an entry of the root.</summary>
    public ReadOnlySpan<byte> Parent => LastSlash < 0 ? [] : Bytes.AsSpan(0, LastSlash);

    private int LastSlash => Bytes.AsSpan().LastIndexOf((byte)'/');

    /// <summary>Judges the name of an entry.</summary>
    /// <exception cref="ImageException">InvalidArgument, naming the entry: absolute, with "..", empty, too long, or with a NUL byte.</exception>
    internal static LayerPath OfEntry(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            throw Refuse(name, "has an empty name");
        }

        // Some builders write the root itself as "/"; anything else absolute is a try to leave the layer.
        return name[0] == '/' && name.IndexOfAnyExcept((byte)'/') >= 0
            ? throw Refuse(name, "has an absolute path, which would escape the layer")
            : Clean(name);
    }

    /// <summary>Judges the target of a hard link, which names another entry; builders that write it absolute mean the layer's root.</summary>
    /// <exception cref="ImageException">As <see cref="OfEntry"/>.</exception>
    internal static LayerPath OfHardLinkTarget(ReadOnlySpan<byte> target) => Clean(target);

    /// <summary>A path beside this one, with another last part.</summary>
    internal LayerPath WithName(ReadOnlySpan<byte> name) => new(Parent.IsEmpty ? name.ToArray() : [.. Parent, (byte)'/', .. name]);

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);

    private static LayerPath Clean(ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxPathBytes)
        {
            throw Refuse(name[..80], $"has a path of {name.Length} bytes; the limit is {MaxPathBytes}");
        }

        if (name.Contains((byte)0))
        {
            throw Refuse(name, "has a NUL byte in its name");
        }

        var cleaned = new List<byte>(name.Length);
        foreach (Range range in name.Split((byte)'/'))
        {
            ReadOnlySpan<byte> part = name[range];
            if (part.SequenceEqual(".."u8))
            {
                throw Refuse(name, "has \"..\" in its path, which could escape the layer");
            }

            if (part.Length > MaxNameBytes)
            {
                throw Refuse(name[..Math.Min(name.Length, 80)], $"has a name of {part.Length} bytes; the limit is {MaxNameBytes}");
            }

            Append(cleaned, part);
        }

        return new LayerPath([.. cleaned]);
    }

    private static void Append(List<byte> path, ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty || part.SequenceEqual("."u8))
        {
            return;
        }

        if (path.Count > 0)
        {
            path.Add((byte)'/');
        }

        path.AddRange(part);
    }

    private static ImageException Refuse(ReadOnlySpan<byte> name, string why) => ImageException.Bad($"entry \"{Encoding.UTF8.GetString(name)}\" {why}");
}
