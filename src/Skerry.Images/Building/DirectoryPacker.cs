using System.Text;
using Skerry.Images.Tar;
using Skerry.Linux;

namespace Skerry.Images.Building;

/// <summary>Packs a directory into an archive by descriptor, names sorted, so that the same tree gives the same bytes. Sockets are left out.</summary>
internal sealed class DirectoryPacker(TarWriter writer)
{
    private const ResolveFlags Inside = ResolveFlags.RESOLVE_BENEATH | ResolveFlags.RESOLVE_NO_MAGICLINKS;

    private readonly Dictionary<(ulong Inode, (uint, uint) Device), byte[]> _linked = [];
    private readonly byte[] _buffer = new byte[128 * 1024];

    /// <exception cref="SyscallException">Something could not be read.</exception>
    internal void Pack(string directory, CancellationToken cancellationToken)
    {
        using FileDescriptor root = FileDescriptor.Open(directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        writer.Write(EntryOf(Attributes.Status(root), "./"u8.ToArray(), TarEntryType.Directory) with { Xattrs = XattrsOf(root) });
        PackChildren(root, [], cancellationToken);
    }

    private void PackChildren(FileDescriptor directory, byte[] path, CancellationToken cancellationToken)
    {
        foreach (byte[] name in RawEntries.List(directory).OrderBy(name => Encoding.Latin1.GetString(name), StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] child = path.Length == 0 ? name : [.. path, (byte)'/', .. name];
            Pack(directory, name, child, cancellationToken);
        }
    }

    private void Pack(FileDescriptor parent, byte[] name, byte[] path, CancellationToken cancellationToken)
    {
        using FileDescriptor entry = Open(parent, name, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW);
        FileStatus status = Attributes.Status(entry);
        switch (status.Type)
        {
            case FileModes.S_IFDIR:
                PackDirectory(parent, name, path, cancellationToken);
                break;
            case FileModes.S_IFSOCK:
                break;
            case var _ when status.Links > 1 && !_linked.TryAdd((status.Inode, status.Device), path):
                writer.Write(EntryOf(status, path, TarEntryType.HardLink) with { LinkTarget = _linked[(status.Inode, status.Device)] });
                break;
            case FileModes.S_IFREG:
                PackFile(parent, name, path);
                break;
            case FileModes.S_IFLNK:
                writer.Write(EntryOf(status, path, TarEntryType.Symlink) with { LinkTarget = RawEntries.ReadSymlink(parent, name, out _) ?? [] });
                break;
            case FileModes.S_IFIFO:
                writer.Write(EntryOf(status, path, TarEntryType.Fifo));
                break;
            default:
                TarEntryType type = status.Type == FileModes.S_IFBLK ? TarEntryType.BlockDevice : TarEntryType.CharacterDevice;
                writer.Write(EntryOf(status, path, type) with { Major = status.DeviceNode.Major, Minor = status.DeviceNode.Minor });
                break;
        }
    }

    private void PackDirectory(FileDescriptor parent, byte[] name, byte[] path, CancellationToken cancellationToken)
    {
        using FileDescriptor directory = Open(parent, name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW);
        TarEntry entry = EntryOf(Attributes.Status(directory), [.. path, (byte)'/'], TarEntryType.Directory);
        writer.Write(entry with { Xattrs = XattrsOf(directory) });
        PackChildren(directory, path, cancellationToken);
    }

    /// <summary>The size is taken from the open file, and a file that shrinks meanwhile is filled up with zeros, as tar does.</summary>
    private void PackFile(FileDescriptor parent, byte[] name, byte[] path)
    {
        using FileDescriptor file = Open(parent, name, OpenFlags.O_RDONLY | OpenFlags.O_NOFOLLOW);
        FileStatus status = Attributes.Status(file);
        writer.Begin(EntryOf(status, path, TarEntryType.File) with { SizeBytes = (long)status.SizeBytes, Xattrs = XattrsOf(file) });
        long left = (long)status.SizeBytes;
        while (left > 0)
        {
            Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, left));
            int count = file.Read(part);
            if (count == 0)
            {
                part.Clear();
                count = part.Length;
            }

            writer.WriteData(part[..count]);
            left -= count;
        }
    }

    private static FileDescriptor Open(FileDescriptor parent, byte[] name, OpenFlags flags) =>
        RawEntries.TryOpen(parent, name, flags, 0, Inside, out Errno error)
            ?? throw new SyscallException("openat2", $"\"{Encoding.UTF8.GetString(name)}\"", error);

    private static TarEntry EntryOf(FileStatus status, byte[] path, TarEntryType type) => new()
    {
        Name = path,
        Type = type,
        Mode = status.Permissions,
        Uid = status.Uid,
        Gid = status.Gid,
        ModifiedSeconds = status.Modified.Seconds,
        ModifiedNanoseconds = (int)status.Modified.Nanoseconds,
    };

    private static List<KeyValuePair<string, byte[]>> XattrsOf(FileDescriptor file)
    {
        var attributes = new List<KeyValuePair<string, byte[]>>();
        foreach (string name in ExtendedAttributes.List(file).Order(StringComparer.Ordinal))
        {
            if (ExtendedAttributes.TryGet(file, name, out _) is { } value)
            {
                attributes.Add(KeyValuePair.Create(name, value));
            }
        }

        return attributes;
    }
}
