namespace Skerry.Linux;

/// <summary>Tells what a path leads to, by statx(2).</summary>
public static class FileKinds
{
    /// <summary>The kind of <paramref name="path"/>; Missing when nothing is there or its parent is no directory.</summary>
    /// <exception cref="SyscallException">The path cannot be looked at: EACCES, ELOOP, EIO…</exception>
    public static FileKind Of(string path, bool followLinks = true)
    {
        if (Attributes.TryStatus(path, followLinks, out FileStatus status, out Errno error))
        {
            return FromType(status.Type);
        }

        return error is Errno.ENOENT or Errno.ENOTDIR ? FileKind.Missing : throw new SyscallException("statx", $"\"{path}\"", error);
    }

    private static FileKind FromType(uint type) => type switch
    {
        FileModes.S_IFREG => FileKind.Regular,
        FileModes.S_IFDIR => FileKind.Directory,
        FileModes.S_IFLNK => FileKind.SymbolicLink,
        FileModes.S_IFSOCK => FileKind.Socket,
        FileModes.S_IFIFO => FileKind.Fifo,
        FileModes.S_IFCHR => FileKind.CharacterDevice,
        FileModes.S_IFBLK => FileKind.BlockDevice,
        _ => FileKind.Missing,
    };
}
