using System.Text;
using Skerry.Linux;

namespace Skerry.Images.Mounting;

/// <summary>
/// Some builders write <c>tmp/x</c> without <c>tmp/</c>. The layer's directory then has a look nobody asked for, and overlayfs would show
/// that one instead of the right one below. A directory of the right look in the container's upper directory mends it; layers stay as they
/// are, since the same layer can lie on others.
/// </summary>
internal static class ImpliedDirectories
{
    private const ResolveFlags Inside = ResolveFlags.RESOLVE_BENEATH | ResolveFlags.RESOLVE_NO_SYMLINKS;

    internal static void Restore(StoredImage image, FileDescriptor upper)
    {
        for (int layer = image.ImpliedDirectories.Count - 1; layer > 0; layer--)
        {
            foreach (string path in image.ImpliedDirectories[layer])
            {
                RestoreOne(image, layer, path, upper);
            }
        }
    }

    private static void RestoreOne(StoredImage image, int layer, string path, FileDescriptor upper)
    {
        for (int below = layer - 1; below >= 0; below--)
        {
            using FileDescriptor root = FileDescriptor.Open(image.LayerDirectories[below], OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
            using FileDescriptor? found = RawEntries.TryOpen(root, Encoding.UTF8.GetBytes(path), OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, 0, Inside, out _);
            if (found is null)
            {
                continue;
            }

            bool isDirectory = Attributes.Status(found).Type == FileModes.S_IFDIR;
            if (isDirectory && image.ImpliedDirectories[below].Contains(path))
            {
                continue;
            }

            if (isDirectory)
            {
                Make(upper, path, found);
            }

            return;
        }
    }

    /// <summary>Makes the directory unless a higher layer did, and its parents, which are implied too or look right already.</summary>
    private static void Make(FileDescriptor upper, string path, FileDescriptor look)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        int slash = bytes.AsSpan().LastIndexOf((byte)'/');
        using FileDescriptor? parent = RawEntries.TryOpen(upper, slash < 0 ? [] : bytes.AsSpan(0, slash), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, Inside, out _);
        ReadOnlySpan<byte> name = bytes.AsSpan(slash + 1);
        if (parent is null || RawEntries.MakeDirectory(parent, name, 0b111_000_000) != Errno.None)
        {
            return;
        }

        using FileDescriptor? made = RawEntries.TryOpen(parent, name, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, Inside, out _);
        if (made is not null)
        {
            DirectoryLook.Copy(look, made);
        }
    }
}
