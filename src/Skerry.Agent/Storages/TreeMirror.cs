using Skerry.Linux;

namespace Skerry.Agent.Storages;

/// <summary>
/// Keeps a directory the same as another one: files, directories, links and nodes with owner, permissions, times and attributes.
/// A file is written beside its name and renamed, links come after what they may lead to, and what is gone is removed last, so
/// that whoever reads the copy sees the whole of a change that the source made by one rename.
/// </summary>
/// <remarks>Both trees may be in other hands: they are walked by descriptor, and no link in them is followed.</remarks>
internal sealed class TreeMirror(string source, string target)
{
    private const int MaxDepth = 64;
    private const int BufferBytes = 32 * 1024;
    private const string PartialName = ".skerry-part";
    private const OpenFlags Directory = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW;

    private readonly Dictionary<string, FileStatus> _copied = new(StringComparer.Ordinal);

    /// <summary>Copies what has changed since the last time: the first time, all.</summary>
    /// <exception cref="SyscallException">A part could not be read or written; what was copied before stays.</exception>
    public void Update()
    {
        using FileDescriptor from = FileDescriptor.Open(source, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        using FileDescriptor to = FileDescriptor.Open(target, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        UpdateDirectory(from, to, string.Empty, 0);
    }

    private void UpdateDirectory(FileDescriptor from, FileDescriptor to, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new SyscallException("copy", $"\"{source}{path}\"", Errno.ELOOP, $"more than {MaxDepth} directories inside each other");
        }

        List<(byte[] Name, FileStatus Status)> entries = Entries(from);
        foreach ((byte[] name, FileStatus status) in entries.OrderBy(e => e.Status.Type == FileModes.S_IFLNK))
        {
            string entryPath = $"{path}/{Convert.ToHexString(name)}";
            if (status.Type == FileModes.S_IFDIR)
            {
                MirrorDirectory(from, to, name, status, entryPath, depth);
            }
            else if (!IsCopied(to, name, status, entryPath))
            {
                CopyEntry(from, to, name, status);
                _copied[entryPath] = status;
            }
        }

        RemoveOthers(to, [.. entries.Select(e => Convert.ToHexString(e.Name))]);
        CopyAttributes(from, to);
        Finish(to, Attributes.Status(from));
    }

    private static List<(byte[] Name, FileStatus Status)> Entries(FileDescriptor directory)
    {
        var entries = new List<(byte[], FileStatus)>();
        foreach (byte[] name in RawEntries.List(directory))
        {
            using FileDescriptor? entry = Open(directory, name, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, out _);
            if (entry is not null)
            {
                entries.Add((name, Attributes.Status(entry)));
            }
        }

        return entries;
    }

    private bool IsCopied(FileDescriptor to, byte[] name, FileStatus status, string path)
    {
        if (!_copied.TryGetValue(path, out FileStatus known) || known != status)
        {
            return false;
        }

        using FileDescriptor? there = Open(to, name, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, out _);
        return there is not null && Attributes.Status(there).Type == status.Type;
    }

    private void MirrorDirectory(FileDescriptor from, FileDescriptor to, byte[] name, FileStatus status, string path, int depth)
    {
        Errno error = RawEntries.MakeDirectory(to, name, 0b111_000_000);
        FileDescriptor? below = error is Errno.None or Errno.EEXIST ? Open(to, name, Directory, out error) : null;
        if (below is null && error is Errno.ENOTDIR or Errno.ELOOP)
        {
            RawEntries.RemoveTree(to, name);
            error = RawEntries.MakeDirectory(to, name, 0b111_000_000);
            below = Open(to, name, Directory, out _);
        }

        using FileDescriptor made = below ?? throw Failed("mkdirat", name, error);
        using FileDescriptor? read = Open(from, name, Directory, out _);
        if (read is not null && Attributes.Status(read).Inode == status.Inode)
        {
            UpdateDirectory(read, made, path, depth + 1);
        }
    }

    /// <summary>Made under a name nobody asks for, then renamed over what is there.</summary>
    private static void CopyEntry(FileDescriptor from, FileDescriptor to, byte[] name, FileStatus status)
    {
        byte[] partial = System.Text.Encoding.ASCII.GetBytes(PartialName);
        RemoveIfThere(to, partial);
        switch (status.Type)
        {
            case FileModes.S_IFREG:
                CopyFile(from, to, name, partial, status);
                break;
            case FileModes.S_IFLNK:
                byte[] text = RawEntries.ReadSymlink(from, name, out Errno unread) ?? throw Failed("readlinkat", name, unread);
                Check(RawEntries.MakeSymlink(to, partial, text), "symlinkat", name);
                break;
            case FileModes.S_IFCHR or FileModes.S_IFBLK or FileModes.S_IFIFO:
                Check(RawEntries.MakeNode(to, partial, status.Mode, status.DeviceNode.Major, status.DeviceNode.Minor), "mknodat", name);
                break;
            default:
                return;
        }

        using (FileDescriptor made = Open(to, partial, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, out Errno gone) ?? throw Failed("openat2", name, gone))
        {
            Finish(made, status);
        }

        if (RawEntries.Rename(to, partial, to, name) is Errno.EISDIR or Errno.ENOTEMPTY or Errno.EEXIST)
        {
            RawEntries.RemoveTree(to, name);
            Check(RawEntries.Rename(to, partial, to, name), "renameat", name);
        }
    }

    private static void CopyFile(FileDescriptor from, FileDescriptor to, byte[] name, byte[] partial, FileStatus status)
    {
        using FileDescriptor read = Open(from, name, OpenFlags.O_RDONLY | OpenFlags.O_NOFOLLOW | OpenFlags.O_NONBLOCK, out Errno unread) ?? throw Failed("openat2", name, unread);
        using FileDescriptor write = RawEntries.TryOpen(
            to, partial, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL, 0b110_000_000, SafePath.InRoot, out Errno error) ?? throw Failed("openat2", name, error);
        byte[] buffer = new byte[BufferBytes];
        ulong left = status.SizeBytes;
        for (int count; left > 0 && (count = read.Read(buffer)) > 0; left -= Math.Min(left, (ulong)count))
        {
            write.Write(buffer.AsSpan(0, (int)Math.Min((ulong)count, left)));
        }

        CopyAttributes(read, write);
    }

    /// <summary>Capabilities of programs, access lists, and what else there is; a file system that has none, or cannot keep one, does without.</summary>
    private static void CopyAttributes(FileDescriptor from, FileDescriptor to)
    {
        foreach (string name in AttributesOf(from))
        {
            if (ExtendedAttributes.TryGet(from, name, out _) is { } value)
            {
                _ = RawEntries.SetAttribute(to, name, value);
            }
        }
    }

    private static IReadOnlyList<string> AttributesOf(FileDescriptor file)
    {
        try
        {
            return ExtendedAttributes.List(file);
        }
        catch (SyscallException error) when (error.Errno == Errno.EOPNOTSUPP)
        {
            return [];
        }
    }

    private static void Finish(FileDescriptor made, FileStatus status)
    {
        Attributes.ChangeOwner(made, status.Uid, status.Gid);
        if (status.Type != FileModes.S_IFLNK)
        {
            Attributes.ChangeMode(made, status.Permissions);
            RawEntries.SetTimes(made, status.Modified, status.Modified);
        }
    }

    private static void RemoveOthers(FileDescriptor to, HashSet<string> names)
    {
        using FileDescriptor again = FileDescriptor.Open(to.ProcPath, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        foreach (byte[] name in RawEntries.List(again).Where(n => !names.Contains(Convert.ToHexString(n))))
        {
            RawEntries.RemoveTree(to, name);
        }
    }

    private static void RemoveIfThere(FileDescriptor directory, byte[] name)
    {
        using FileDescriptor? there = Open(directory, name, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW, out _);
        if (there is not null)
        {
            RawEntries.RemoveTree(directory, name);
        }
    }

    private static FileDescriptor? Open(FileDescriptor directory, byte[] name, OpenFlags flags, out Errno error) =>
        RawEntries.TryOpen(directory, name, flags, 0, SafePath.InRoot, out error);

    private static void Check(Errno error, string call, byte[] name)
    {
        if (error != Errno.None)
        {
            throw Failed(call, name, error);
        }
    }

    private static SyscallException Failed(string call, byte[] name, Errno error) => new(call, $"\"{System.Text.Encoding.UTF8.GetString(name)}\"", error);
}
