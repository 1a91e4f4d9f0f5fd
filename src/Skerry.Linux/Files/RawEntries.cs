using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>
/// Entries of directories with names as bytes, for trees that others fill: the kernel allows names that are not UTF-8, and a name that went
/// through a string may not come back as it was. Calls return their error; none follows a link in the last part of a name.
/// </summary>
public static partial class RawEntries
{
    private const nint SYS_openat2 = 437;
    private const int AT_REMOVEDIR = 0x200;
    private const int AT_SYMLINK_FOLLOW = 0x400;
    private const int AT_FDCWD = -100;
    private const int MaxRaces = 128;

    /// <summary>Opens <paramref name="path"/> below <paramref name="directory"/>, close-on-exec; null with the error when openat2(2) fails.</summary>
    /// <param name="directory">Where the path starts; O_PATH is enough.</param>
    /// <param name="path">A relative path; the empty one is the directory itself.</param>
    /// <param name="flags">How to open it.</param>
    /// <param name="mode">Permissions of a created file, before the umask.</param>
    /// <param name="resolve">How to walk.</param>
    /// <param name="error">Why it failed.</param>
    public static FileDescriptor? TryOpen(
        SafeHandle directory, ReadOnlySpan<byte> path, OpenFlags flags, uint mode, ResolveFlags resolve, out Errno error)
    {
        bool creates = (flags & (OpenFlags.O_CREAT | (OpenFlags.O_TMPFILE & ~OpenFlags.O_DIRECTORY))) != 0;
        var how = new OpenHow { Flags = (ulong)(flags | OpenFlags.O_CLOEXEC), Mode = creates ? mode : 0, Resolve = (ulong)resolve };
        byte[] text = path.IsEmpty ? Terminated("."u8) : Terminated(path);
        nint number;
        int races = 0;
        do
        {
            number = Native.OpenAt2(SYS_openat2, directory, text, ref how, (nuint)Unsafe.SizeOf<OpenHow>());
        }
        while (Syscall.Interrupted(number) || (number < 0 && Syscall.LastError == Errno.EAGAIN && ++races < MaxRaces));

        error = number < 0 ? Syscall.LastError : Errno.None;
        return number < 0 ? null : new FileDescriptor((int)number);
    }

    /// <summary>Makes a directory; <paramref name="mode"/> is cut by the umask.</summary>
    public static Errno MakeDirectory(SafeHandle parent, ReadOnlySpan<byte> name, uint mode) =>
        Result(Native.MkdirAt(parent, Terminated(name), mode));

    /// <summary>Makes a device, fifo or socket; <paramref name="mode"/> holds the type and is cut by the umask.</summary>
    public static Errno MakeNode(SafeHandle parent, ReadOnlySpan<byte> name, uint mode, uint major, uint minor) =>
        Result(Native.MknodAt(parent, Terminated(name), mode, DeviceNumber(major, minor)));

    /// <summary>Makes a symbolic link.</summary>
    public static Errno MakeSymlink(SafeHandle parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target) =>
        Result(Native.SymlinkAt(Terminated(target), parent, Terminated(name)));

    /// <summary>Makes a second name of what <paramref name="source"/> stands for; O_PATH is enough, and may be a link.</summary>
    public static Errno MakeHardLink(FileDescriptor source, SafeHandle parent, ReadOnlySpan<byte> name) =>
        Result(Native.LinkAt(AT_FDCWD, Terminated(System.Text.Encoding.UTF8.GetBytes(source.ProcPath)), parent, Terminated(name), AT_SYMLINK_FOLLOW));

    /// <summary>Removes a file, or an empty directory.</summary>
    public static Errno Remove(SafeHandle parent, ReadOnlySpan<byte> name, bool isDirectory) =>
        Result(Native.UnlinkAt(parent, Terminated(name), isDirectory ? AT_REMOVEDIR : 0));

    /// <summary>Renames an entry, replacing what has the new name.</summary>
    public static Errno Rename(SafeHandle sourceParent, ReadOnlySpan<byte> sourceName, SafeHandle parent, ReadOnlySpan<byte> name) =>
        Result(Native.RenameAt(sourceParent, Terminated(sourceName), parent, Terminated(name)));

    /// <summary>The text of a symbolic link; null with the error, EINVAL when it is none.</summary>
    public static byte[]? ReadSymlink(SafeHandle parent, ReadOnlySpan<byte> name, out Errno error)
    {
        byte[] buffer = new byte[4096];
        nint count = Native.ReadLinkAt(parent, Terminated(name), buffer, (nuint)buffer.Length);
        error = count < 0 ? Syscall.LastError : Errno.None;
        return count < 0 ? null : buffer[..(int)count];
    }

    /// <summary>Sets access and modification time of what <paramref name="file"/> stands for; O_PATH is enough, and may be a link.</summary>
    /// <exception cref="SyscallException">EPERM when it is not ours.</exception>
    public static void SetTimes(FileDescriptor file, FileTime accessed, FileTime modified)
    {
        Span<Attributes.TimeSpec> times = [new(accessed), new(modified)];
        Syscall.Check(Native.UtimensAt(AT_FDCWD, file.ProcPath, times, 0), "utimensat", $"descriptor {file.Number}");
    }

    /// <summary>Sets an extended attribute of what <paramref name="file"/> stands for; O_PATH is enough, and may be a link.</summary>
    public static Errno SetAttribute(FileDescriptor file, string name, ReadOnlySpan<byte> value) =>
        Result(Native.SetXattr(file.ProcPath, name, value, (nuint)value.Length, 0));

    /// <summary>The names in a directory without "." and "..", in no order.</summary>
    /// <param name="directory">Opened for reading; each call starts where the last one ended.</param>
    /// <exception cref="SyscallException">getdents64(2) failed.</exception>
    public static IReadOnlyList<byte[]> List(FileDescriptor directory)
    {
        var names = new List<byte[]>();
        byte[] buffer = new byte[32 * 1024];
        while (true)
        {
            nint count = Native.GetDents(directory, buffer, (nuint)buffer.Length);
            Syscall.Check(count, "getdents64", $"descriptor {directory.Number}");
            if (count == 0)
            {
                return names;
            }

            AddNames(buffer.AsSpan(0, (int)count), names);
        }
    }

    /// <summary>Removes an entry and everything below it, whatever the names; links are removed and not followed.</summary>
    /// <exception cref="SyscallException">A part could not be removed: EPERM, EBUSY for a mount point.</exception>
    public static void RemoveTree(SafeHandle parent, ReadOnlySpan<byte> name)
    {
        Errno error = Remove(parent, name, isDirectory: false);
        if (error is Errno.None or Errno.ENOENT)
        {
            return;
        }

        const ResolveFlags Here = ResolveFlags.RESOLVE_BENEATH | ResolveFlags.RESOLVE_NO_SYMLINKS | ResolveFlags.RESOLVE_NO_XDEV;
        using (FileDescriptor? directory = TryOpen(parent, name, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, Here, out Errno opening))
        {
            if (directory is null)
            {
                throw new SyscallException("unlinkat", Quoted(name), opening == Errno.ENOTDIR ? error : opening);
            }

            foreach (byte[] child in List(directory))
            {
                RemoveTree(directory, child);
            }
        }

        error = Remove(parent, name, isDirectory: true);
        if (error is not (Errno.None or Errno.ENOENT))
        {
            throw new SyscallException("unlinkat", Quoted(name), error);
        }
    }

    /// <summary>The kernel's dev_t of a device number, as makedev(3).</summary>
    private static ulong DeviceNumber(uint major, uint minor) =>
        (minor & 0xFFu) | ((major & 0xFFFu) << 8) | ((ulong)(minor & ~0xFFu) << 12) | ((ulong)(major & ~0xFFFu) << 32);

    private static string Quoted(ReadOnlySpan<byte> name) => $"\"{System.Text.Encoding.UTF8.GetString(name)}\"";

    /// <summary>Each record of getdents64(2): inode 8, offset 8, length 2, type 1, then the name up to a NUL.</summary>
    private static void AddNames(ReadOnlySpan<byte> records, List<byte[]> names)
    {
        while (!records.IsEmpty)
        {
            int length = MemoryMarshal.Read<ushort>(records[16..]);
            ReadOnlySpan<byte> name = records[19..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(name.ToArray());
            }

            records = records[length..];
        }
    }

    private static byte[] Terminated(ReadOnlySpan<byte> name) => [.. name, 0];

    private static Errno Result(int result) => result < 0 ? Syscall.LastError : Errno.None;

    /// <summary>struct open_how.</summary>
    internal struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint OpenAt2(nint call, SafeHandle directory, byte[] path, ref OpenHow how, nuint size);

        [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
        internal static partial int MkdirAt(SafeHandle parent, byte[] name, uint mode);

        [LibraryImport("libc", EntryPoint = "mknodat", SetLastError = true)]
        internal static partial int MknodAt(SafeHandle parent, byte[] name, uint mode, ulong device);

        [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
        internal static partial int SymlinkAt(byte[] target, SafeHandle parent, byte[] name);

        [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
        internal static partial int LinkAt(int sourceParent, byte[] sourceName, SafeHandle parent, byte[] name, int flags);

        [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
        internal static partial int UnlinkAt(SafeHandle parent, byte[] name, int flags);

        [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
        internal static partial int RenameAt(SafeHandle sourceParent, byte[] sourceName, SafeHandle parent, byte[] name);

        [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
        internal static partial nint ReadLinkAt(SafeHandle parent, byte[] name, byte[] buffer, nuint size);

        [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
        internal static partial nint GetDents(SafeHandle directory, byte[] buffer, nuint size);

        [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int UtimensAt(int parent, string path, Span<Attributes.TimeSpec> times, int flags);

        [LibraryImport("libc", EntryPoint = "setxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int SetXattr(string path, string name, ReadOnlySpan<byte> value, nuint size, int flags);
    }
}
