using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>
/// Makes, links, renames and removes the entries of a directory that is given by descriptor, so that no path is walked twice. Every name is
/// one component and never follows a link. The calls return their error: half of them are expected.
/// </summary>
public static partial class DirectoryEntries
{
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_FOLLOW = 0x400;
    private const int AT_REMOVEDIR = 0x200;

    /// <summary>Makes a directory; <paramref name="mode"/> is cut by the umask.</summary>
    public static Errno MakeDirectory(SafeHandle parent, string name, uint mode) => Result(Native.MkdirAt(parent, name, mode));

    /// <summary>Makes a device, fifo, socket or empty file; <paramref name="mode"/> holds the type and is cut by the umask.</summary>
    public static Errno MakeNode(SafeHandle parent, string name, uint mode, uint major = 0, uint minor = 0) =>
        Result(Native.MknodAt(parent, name, mode, DeviceNumber(major, minor)));

    /// <summary>Makes a symbolic link with the text <paramref name="target"/>.</summary>
    public static Errno MakeSymlink(SafeHandle parent, string name, string target) => Result(Native.SymlinkAt(target, parent, name));

    /// <summary>Makes a second name of an entry; a symbolic link itself is linked, not its target.</summary>
    public static Errno MakeHardLink(SafeHandle sourceParent, string sourceName, SafeHandle parent, string name) =>
        Result(Native.LinkAt(sourceParent, sourceName, parent, name, 0));

    /// <summary>Makes a second name of an open file, which may be an O_PATH descriptor.</summary>
    public static Errno MakeHardLink(FileDescriptor source, SafeHandle parent, string name) =>
        Result(Native.LinkAt(AT_FDCWD, source.ProcPath, parent, name, AT_SYMLINK_FOLLOW));

    /// <summary>Removes a file, or an empty directory.</summary>
    public static Errno Remove(SafeHandle parent, string name, bool isDirectory) =>
        Result(Native.UnlinkAt(parent, name, isDirectory ? AT_REMOVEDIR : 0));

    /// <summary>Renames an entry, replacing what has the new name.</summary>
    public static Errno Rename(SafeHandle sourceParent, string sourceName, SafeHandle parent, string name) =>
        Result(Native.RenameAt(sourceParent, sourceName, parent, name));

    /// <summary>The text of a symbolic link; null with the error, EINVAL when it is none.</summary>
    public static string? ReadSymlink(SafeHandle parent, string name, out Errno error)
    {
        Span<byte> buffer = stackalloc byte[4096];
        nint count = Native.ReadLinkAt(parent, name, buffer, (nuint)buffer.Length);
        error = Result((int)Math.Min(count, 0));
        return count < 0 ? null : System.Text.Encoding.UTF8.GetString(buffer[..(int)count]);
    }

    /// <summary>The kernel's dev_t of a device number, as makedev(3).</summary>
    public static ulong DeviceNumber(uint major, uint minor) =>
        (minor & 0xFFu) | ((major & 0xFFFu) << 8) | ((ulong)(minor & ~0xFFu) << 12) | ((ulong)(major & ~0xFFFu) << 32);

    private static Errno Result(int result) => result < 0 ? Syscall.LastError : Errno.None;

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int MkdirAt(SafeHandle parent, string name, uint mode);

        [LibraryImport("libc", EntryPoint = "mknodat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int MknodAt(SafeHandle parent, string name, uint mode, ulong device);

        [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int SymlinkAt(string target, SafeHandle parent, string name);

        [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int LinkAt(SafeHandle sourceParent, string sourceName, SafeHandle parent, string name, int flags);

        [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int LinkAt(int sourceParent, string sourceName, SafeHandle parent, string name, int flags);

        [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int UnlinkAt(SafeHandle parent, string name, int flags);

        [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int RenameAt(SafeHandle sourceParent, string sourceName, SafeHandle parent, string name);

        [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint ReadLinkAt(SafeHandle parent, string name, Span<byte> buffer, nuint size);
    }
}
