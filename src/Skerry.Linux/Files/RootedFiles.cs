using System.Runtime.InteropServices;
using System.Text;

namespace Skerry.Linux;

/// <summary>
/// Files below a directory that someone else fills: every path is resolved by the kernel as if that directory were the root,
/// so that no link in it leads outside.
/// </summary>
/// <remarks>Paths are taken relative to the root whether they start with "/" or not. openat2(2), Linux 5.6.</remarks>
public static partial class RootedFiles
{
    private const uint DirectoryMode = 0b111_101_101;

    /// <summary>Opens <paramref name="path"/> below <paramref name="root"/>.</summary>
    /// <exception cref="SyscallException">openat2(2) failed.</exception>
    public static FileDescriptor Open(FileDescriptor root, string path, OpenFlags flags, uint mode = 0) =>
        TryOpen(root, path, flags, mode, out Errno error) ?? throw new SyscallException("openat2", $"\"{path}\"", error);

    /// <summary>As <see cref="Open"/>, but null with the error when the call fails.</summary>
    public static FileDescriptor? TryOpen(FileDescriptor root, string path, OpenFlags flags, uint mode, out Errno error) =>
        SafePath.TryOpenIn(root, Relative(path), flags, out error, mode);

    /// <summary>Reads a file of at most <paramref name="maxBytes"/> below the directory <paramref name="root"/>; null when it cannot be opened or is no plain file.</summary>
    public static byte[]? TryRead(string root, string path, int maxBytes)
    {
        using FileDescriptor? directory = FileDescriptor.TryOpen(root, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, out _);
        using FileDescriptor? file = directory is null ? null : TryOpen(directory, path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0, out _);
        if (file is null)
        {
            return null;
        }

        var bytes = new List<byte>();
        Span<byte> buffer = stackalloc byte[4096];
        int count;
        while (bytes.Count < maxBytes && (count = file.TryRead(buffer, out _)) > 0)
        {
            bytes.AddRange(buffer[..count]);
        }

        return [.. bytes.Take(maxBytes)];
    }

    /// <summary>Makes a directory and its missing parents below <paramref name="root"/>; true when the last one was made now.</summary>
    /// <exception cref="SyscallException">mkdirat(2) failed for another reason than that it exists.</exception>
    public static bool MakeDirectories(FileDescriptor root, string path, uint mode = DirectoryMode)
    {
        string[] parts = Relative(path).Split('/', StringSplitOptions.RemoveEmptyEntries);
        bool made = false;
        for (int i = 0; i < parts.Length; i++)
        {
            using FileDescriptor parent = Open(root, i == 0 ? "." : string.Join('/', parts[..i]), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
            Errno error = RawEntries.MakeDirectory(parent, Encoding.UTF8.GetBytes(parts[i]), i == parts.Length - 1 ? mode : DirectoryMode);
            made = error == Errno.None;
            if (error is not (Errno.None or Errno.EEXIST))
            {
                throw new SyscallException("mkdirat", $"\"{path}\"", error);
            }
        }

        return made;
    }

    /// <summary>Makes a symbolic link; what stood there, other than a directory, is replaced.</summary>
    /// <exception cref="SyscallException">symlinkat(2) or renameat(2) failed.</exception>
    public static void MakeSymbolicLink(FileDescriptor root, string path, string target)
    {
        (string parentPath, string name) = SplitLast(path);
        using FileDescriptor parent = Open(root, parentPath, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        string temporary = $".{name}.{Guid.NewGuid():N}";
        Errno error = RawEntries.MakeSymlink(parent, Encoding.UTF8.GetBytes(temporary), Encoding.UTF8.GetBytes(target));
        if (error != Errno.None)
        {
            throw new SyscallException("symlinkat", $"\"{path}\"", error);
        }

        Replace(parent, temporary, name, path);
    }

    /// <summary>Renames a file within the directory of <paramref name="path"/>, over what is there.</summary>
    /// <exception cref="SyscallException">renameat(2) failed.</exception>
    public static void Rename(FileDescriptor root, string path, string newName)
    {
        (string parentPath, string name) = SplitLast(path);
        using FileDescriptor parent = Open(root, parentPath, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        Replace(parent, name, newName, path);
    }

    /// <summary>Gives an open file or directory to <paramref name="uid"/> and <paramref name="gid"/>; uint.MaxValue keeps one as it is.</summary>
    /// <exception cref="SyscallException">fchownat(2) failed.</exception>
    public static void ChangeOwner(FileDescriptor file, uint uid, uint gid) => Attributes.ChangeOwner(file, uid, gid);

    /// <summary>Gives a symbolic link itself to <paramref name="uid"/> and <paramref name="gid"/>.</summary>
    /// <exception cref="SyscallException">fchownat(2) failed.</exception>
    public static void ChangeLinkOwner(FileDescriptor root, string path, uint uid, uint gid)
    {
        using FileDescriptor link = Open(root, path, OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW);
        ChangeOwner(link, uid, gid);
    }

    /// <summary>Sets the permission bits, set-id and sticky bits of an open file.</summary>
    /// <exception cref="SyscallException">fchmod(2) failed.</exception>
    public static void ChangeMode(FileDescriptor file, uint mode) => Attributes.ChangeMode(file, mode & 0xFFF);

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/> of a regular file.</summary>
    /// <exception cref="SyscallException">ENOSPC and the like.</exception>
    public static void WriteAt(FileDescriptor file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            nint count = Native.PWrite(file, bytes, (nuint)bytes.Length, offset);
            if (Syscall.Interrupted(count))
            {
                continue;
            }

            Syscall.Check(count, "pwrite", $"descriptor {file.Number}");
            bytes = bytes[(int)count..];
            offset += count;
        }
    }

    /// <summary>The directory of <paramref name="path"/> ("." for none) and its last name.</summary>
    /// <exception cref="SyscallException">EINVAL when the path has no last name, or it is "..".</exception>
    public static (string Directory, string Name) SplitLast(string path)
    {
        string relative = Relative(path).TrimEnd('/');
        int slash = relative.LastIndexOf('/');
        string name = relative[(slash + 1)..];
        return name is "." or ".." or ""
            ? throw new SyscallException("openat2", $"\"{path}\"", Errno.EINVAL, "the path must end in a name")
            : (slash < 0 ? "." : relative[..slash], name);
    }

    private static string Relative(string path)
    {
        string relative = path.TrimStart('/');
        return relative.Length == 0 ? "." : relative;
    }

    private static void Replace(FileDescriptor parent, string from, string to, string path)
    {
        byte[] source = Encoding.UTF8.GetBytes(from);
        Errno error = RawEntries.Rename(parent, source, parent, Encoding.UTF8.GetBytes(to));
        if (error != Errno.None)
        {
            _ = RawEntries.Remove(parent, source, isDirectory: false);
            throw new SyscallException("renameat", $"\"{path}\"", error);
        }
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
        internal static partial nint PWrite(SafeHandle file, ReadOnlySpan<byte> bytes, nuint count, long offset);
    }
}
