using System.Text;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Images.Unpacking;

/// <summary>
/// The directory a layer is unpacked into. Every step goes by descriptor from its root: parents are opened with openat2(RESOLVE_BENEATH),
/// so that a symbolic link an earlier entry planted cannot lead out, and the last part of a path is never followed.
/// </summary>
internal sealed class LayerTree : IDisposable
{
    private const uint DefaultDirectoryMode = 0b111_101_101;
    private const ResolveFlags Inside = ResolveFlags.RESOLVE_BENEATH | ResolveFlags.RESOLVE_NO_MAGICLINKS;

    private readonly FileDescriptor _root;
    private readonly List<string> _impliedDirectories = [];
    private FileDescriptor? _parent;
    private byte[]? _parentPath;

    internal LayerTree(string directory) => _root = FileDescriptor.Open(directory, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);

    /// <summary>The root of the layer, O_PATH.</summary>
    internal FileDescriptor Root => _root;

    /// <summary>Directories no entry describes, made because an entry lies in them.</summary>
    internal IReadOnlyList<string> ImpliedDirectories => _impliedDirectories;

    /// <summary>The directory <paramref name="path"/> lies in, made when missing; valid until the next call.</summary>
    /// <exception cref="ImageException">The way leads out of the layer, or through something that is no directory.</exception>
    internal FileDescriptor Parent(LayerPath path)
    {
        if (_parent is not null && path.Parent.SequenceEqual(_parentPath))
        {
            return _parent;
        }

        byte[] parentPath = path.Parent.ToArray();
        FileDescriptor parent = OpenDirectory(parentPath, path) ?? MakeParents(parentPath, path);
        Forget();
        _parent = parent;
        _parentPath = parentPath;
        return parent;
    }

    /// <summary>Must be called after a directory or link was removed or a link was made: an opened parent may have another name now.</summary>
    internal void Forget()
    {
        _parent?.Dispose();
        _parent = null;
        _parentPath = null;
    }

    /// <summary>Opens an existing entry without following it, O_PATH; null when there is none.</summary>
    internal FileDescriptor? Find(LayerPath path) => path.IsRoot ? _root.Duplicate() : Find(Parent(path), path.Name);

    /// <summary>Opens the entry a hard link names, O_PATH; null when there is none. Makes no parents.</summary>
    internal FileDescriptor? FindLinkTarget(LayerPath target)
    {
        using FileDescriptor? parent = OpenDirectory(target.Parent.ToArray(), target);
        return parent is null ? null : Find(parent, target.Name);
    }

    /// <summary>Marks a directory so that overlayfs shows nothing of the layers below in it.</summary>
    internal static void MakeOpaque(FileDescriptor directory, string subject) =>
        Check(RawEntries.SetAttribute(directory, "trusted.overlay.opaque", "y"u8), "setxattr", $"trusted.overlay.opaque of \"{subject}\"");

    /// <summary>True for the device overlayfs takes for a whiteout.</summary>
    internal static bool IsWhiteout(FileStatus status) => status.Type == FileModes.S_IFCHR && status.DeviceNode == (0, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        _root.Dispose();
    }

    internal static void Check(Errno error, string call, string subject)
    {
        if (error != Errno.None)
        {
            throw new SyscallException(call, subject, error, HintFor(error));
        }
    }

    private static FileDescriptor? Find(FileDescriptor parent, ReadOnlySpan<byte> name)
    {
        FileDescriptor? found = RawEntries.TryOpen(parent, name, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, 0, Inside, out Errno error);
        return found is not null || error == Errno.ENOENT ? found : throw new SyscallException("openat2", $"\"{Encoding.UTF8.GetString(name)}\"", error);
    }

    private FileDescriptor? OpenDirectory(byte[] path, LayerPath entry)
    {
        FileDescriptor? directory = RawEntries.TryOpen(_root, path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, Inside, out Errno error);
        return directory is not null || error is Errno.ENOENT or Errno.ENOTDIR ? directory : throw Refusal(entry, error);
    }

    /// <summary>Makes what is missing of <paramref name="path"/>, part by part, and opens it.</summary>
    private FileDescriptor MakeParents(byte[] path, LayerPath entry)
    {
        FileDescriptor current = _root.Duplicate();
        for (int end = NextPart(path, 0); ; end = NextPart(path, end + 1))
        {
            byte[] prefix = path[..end];
            FileDescriptor? next;
            try
            {
                next = OpenDirectory(prefix, entry) ?? MakeParent(current, prefix, entry);
            }
            finally
            {
                current.Dispose();
            }

            current = next;
            if (end == path.Length)
            {
                return current;
            }
        }
    }

    private FileDescriptor MakeParent(FileDescriptor parent, byte[] path, LayerPath entry)
    {
        ReadOnlySpan<byte> name = path.AsSpan(path.AsSpan().LastIndexOf((byte)'/') + 1);
        bool wasWhiteout = RemoveWhiteout(parent, name);
        Errno error = RawEntries.MakeDirectory(parent, name, DefaultDirectoryMode);
        if (error == Errno.EEXIST)
        {
            throw ImageException.Bad($"entry \"{entry}\" lies in \"{Encoding.UTF8.GetString(path)}\", which is not a directory");
        }

        Check(error, "mkdirat", $"\"{Encoding.UTF8.GetString(path)}\"");
        FileDescriptor made = Find(parent, name) ?? throw Refusal(entry, Errno.ENOENT);
        Attributes.ChangeMode(made, DefaultDirectoryMode);
        if (wasWhiteout)
        {
            MakeOpaque(made, Encoding.UTF8.GetString(path));
        }

        _impliedDirectories.Add(Encoding.UTF8.GetString(path));
        return made;
    }

    private static bool RemoveWhiteout(FileDescriptor parent, ReadOnlySpan<byte> name)
    {
        using FileDescriptor? existing = Find(parent, name);
        if (existing is null || !IsWhiteout(Attributes.Status(existing)))
        {
            return false;
        }

        Check(RawEntries.Remove(parent, name, isDirectory: false), "unlinkat", $"\"{Encoding.UTF8.GetString(name)}\"");
        return true;
    }

    private static int NextPart(byte[] path, int start)
    {
        int slash = path.AsSpan(start).IndexOf((byte)'/');
        return slash < 0 ? path.Length : start + slash;
    }

    private static SkerryException Refusal(LayerPath entry, Errno error) => error is Errno.EXDEV or Errno.ELOOP
        ? ImageException.Bad($"entry \"{entry}\" goes through a symbolic link that leaves the layer")
        : new SyscallException("openat2", $"\"{entry}\"", error, HintFor(error));

    private static string? HintFor(Errno error) => error switch
    {
        Errno.EPERM or Errno.EACCES => "unpacking images needs root: owners, devices and overlay attributes",
        Errno.ENOSPC => "free some space, or remove what no image needs with: skerry gc",
        Errno.EOPNOTSUPP => "keep the image store on a file system with extended attributes, such as ext4 or xfs",
        _ => null,
    };
}
