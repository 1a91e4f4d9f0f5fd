using Microsoft.Win32.SafeHandles;
using Skerry.Images.Tar;
using Skerry.Linux;

namespace Skerry.Images.Unpacking;

/// <summary>How single entries are made. Owner comes first, since changing it clears set-id bits and capabilities; times come last.</summary>
internal sealed partial class LayerUnpacker
{
    private const ResolveFlags Inside = ResolveFlags.RESOLVE_BENEATH | ResolveFlags.RESOLVE_NO_MAGICLINKS;

    /// <summary>What stood where an entry goes.</summary>
    private enum Obstacle
    {
        Nothing,
        Removed,
        RemovedWhiteout,
        Kept,
    }

    private FileDescriptor FindLinked(TarEntry entry, LayerPath path)
    {
        LayerPath target = LayerPath.OfHardLinkTarget(entry.LinkTarget);
        FileDescriptor? linked = target.IsRoot ? null : _tree.FindLinkTarget(target);
        return linked ?? throw ImageException.Bad($"entry \"{path}\" is a hard link to \"{target}\", which no earlier entry of the layer made");
    }

    /// <summary>Removes what an entry replaces. A directory stays for a directory, and a file for a link to itself.</summary>
    private Obstacle ClearTheWay(TarEntryType type, LayerPath path, FileDescriptor? linked)
    {
        using FileDescriptor? existing = _tree.Find(path);
        if (existing is null)
        {
            return Obstacle.Nothing;
        }

        FileStatus status = Attributes.Status(existing);
        bool isDirectory = status.Type == FileModes.S_IFDIR;
        if ((isDirectory && type == TarEntryType.Directory) || (linked is not null && Attributes.Status(linked).Inode == status.Inode))
        {
            return Obstacle.Kept;
        }

        RawEntries.RemoveTree(_tree.Parent(path), path.Name);
        if (isDirectory || status.Type == FileModes.S_IFLNK)
        {
            _tree.Forget();
        }

        return LayerTree.IsWhiteout(status) ? Obstacle.RemovedWhiteout : Obstacle.Removed;
    }

    private void MakeDirectory(TarEntry entry, LayerPath path, Obstacle obstacle)
    {
        if (obstacle != Obstacle.Kept)
        {
            LayerTree.Check(RawEntries.MakeDirectory(_tree.Parent(path), path.Name, entry.Mode), "mkdirat", $"\"{path}\"");
        }

        using FileDescriptor directory = Reopen(path);
        if (obstacle == Obstacle.RemovedWhiteout)
        {
            LayerTree.MakeOpaque(directory, path.ToString());
        }

        SetAttributes(directory, entry);
        RememberTime(path, entry);
    }

    private void MakeFile(TarEntry entry, LayerPath path, TarReader reader)
    {
        const OpenFlags New = OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW;
        using FileDescriptor? file = RawEntries.TryOpen(_tree.Parent(path), path.Name, New, 0b110_000_000, Inside, out Errno error);
        LayerTree.Check(error, "openat2", $"\"{path}\"");
        if (entry.Chunks is null)
        {
            CopyContent(reader, file!);
        }
        else
        {
            CopySparse(entry, reader, file!);
        }

        SetAttributes(file!, entry);
        SetTime(file!, entry);
    }

    private void CopyContent(TarReader reader, FileDescriptor file)
    {
        for (int count = reader.ReadData(_buffer); count > 0; count = reader.ReadData(_buffer))
        {
            file.Write(_buffer.AsSpan(0, count));
        }
    }

    private void CopySparse(TarEntry entry, TarReader reader, FileDescriptor file)
    {
        using var handle = new SafeFileHandle(file.Number, ownsHandle: false);
        RandomAccess.SetLength(handle, entry.SizeBytes);
        foreach (SparseChunk chunk in entry.Chunks!)
        {
            for (long done = 0; done < chunk.Length;)
            {
                int count = reader.ReadData(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, chunk.Length - done)));
                RandomAccess.Write(handle, _buffer.AsSpan(0, count), chunk.Offset + done);
                done += count;
            }
        }
    }

    private void MakeSpecial(TarEntry entry, LayerPath path)
    {
        FileDescriptor parent = _tree.Parent(path);
        Errno error = entry.Type switch
        {
            TarEntryType.Symlink => RawEntries.MakeSymlink(parent, path.Name, entry.LinkTarget),
            TarEntryType.CharacterDevice => RawEntries.MakeNode(parent, path.Name, FileModes.S_IFCHR | entry.Mode, entry.Major, entry.Minor),
            TarEntryType.BlockDevice => RawEntries.MakeNode(parent, path.Name, FileModes.S_IFBLK | entry.Mode, entry.Major, entry.Minor),
            _ => RawEntries.MakeNode(parent, path.Name, FileModes.S_IFIFO | entry.Mode, 0, 0),
        };
        LayerTree.Check(error, entry.Type == TarEntryType.Symlink ? "symlinkat" : "mknodat", $"\"{path}\"");
        using FileDescriptor made = Reopen(path);
        SetAttributes(made, entry);
        SetTime(made, entry);
    }

    private FileDescriptor Reopen(LayerPath path) => _tree.Find(path) ?? throw new SyscallException("openat2", $"\"{path}\"", Errno.ENOENT);

    private static void SetAttributes(FileDescriptor file, TarEntry entry)
    {
        Attributes.ChangeOwner(file, entry.Uid, entry.Gid);
        if (entry.Type != TarEntryType.Symlink)
        {
            Attributes.ChangeMode(file, entry.Mode);
        }

        foreach (KeyValuePair<string, byte[]> attribute in entry.Xattrs)
        {
            SetXattr(file, entry, attribute.Key, attribute.Value);
        }
    }

    /// <summary>
    /// An image must not steer the overlay it becomes part of, so attributes of overlayfs are left out. Where the file system does not keep
    /// an attribute, only a lost capability matters enough to stop; and the kernel allows user attributes on files and directories only.
    /// </summary>
    private static void SetXattr(FileDescriptor file, TarEntry entry, string name, byte[] value)
    {
        if (name.StartsWith("trusted.overlay.", StringComparison.Ordinal))
        {
            return;
        }

        Errno error = RawEntries.SetAttribute(file, name, value);
        bool harmless = (error == Errno.EOPNOTSUPP && name != "security.capability")
            || (error == Errno.EPERM && name.StartsWith("user.", StringComparison.Ordinal));
        if (!harmless)
        {
            LayerTree.Check(error, "setxattr", $"{name} of \"{entry.DisplayName}\"");
        }
    }

    private static FileTime TimeOf(TarEntry entry) => new(entry.ModifiedSeconds, (uint)entry.ModifiedNanoseconds);

    private static void SetTime(FileDescriptor file, TarEntry entry) => RawEntries.SetTimes(file, TimeOf(entry), TimeOf(entry));

    /// <summary>A directory's time changes with every entry made in it, so it is set when all are made.</summary>
    private void RememberTime(LayerPath path, TarEntry entry) =>
        _directoryTimes[Convert.ToBase64String(path.Bytes)] = (path, TimeOf(entry));

    private void SetDirectoryTimes()
    {
        foreach ((LayerPath path, FileTime time) in _directoryTimes.Values)
        {
            using FileDescriptor? directory = _tree.FindLinkTarget(path);
            if (directory is not null && Attributes.Status(directory).Type == FileModes.S_IFDIR)
            {
                RawEntries.SetTimes(directory, time, time);
            }
        }
    }
}
