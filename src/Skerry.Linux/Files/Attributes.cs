using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Owner, permissions, times and status of files given by descriptor, or by directory and name; links are never followed.</summary>
/// <remarks>The descriptor may be O_PATH, and then stand for a symbolic link too.</remarks>
public static partial class Attributes
{
    /// <summary>Leaves an owner or group as it is.</summary>
    public const uint Unchanged = uint.MaxValue;

    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const int AT_FDCWD = -100;
    private const uint STATX_BASIC_STATS = 0x7FF;

    /// <summary>Sets owner and group. The kernel clears set-id bits of programs: set permissions afterwards.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_CHOWN.</exception>
    public static void ChangeOwner(FileDescriptor file, uint uid, uint gid) =>
        Syscall.Check(Native.ChownAt(file, "", uid, gid, AT_EMPTY_PATH), "fchownat", $"descriptor {file.Number} to {uid}:{gid}");

    /// <summary>Sets owner and group of an entry.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_CHOWN; ENOENT.</exception>
    public static void ChangeOwner(SafeHandle parent, string name, uint uid, uint gid) =>
        Syscall.Check(Native.ChownAt(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW), "fchownat", $"\"{name}\" to {uid}:{gid}");

    /// <summary>Sets the permissions, with set-id and sticky bits.</summary>
    /// <exception cref="SyscallException">EPERM when it is not ours; EOPNOTSUPP for a symbolic link.</exception>
    public static void ChangeMode(FileDescriptor file, uint mode) =>
        Syscall.Check(Native.Chmod(AT_FDCWD, file.ProcPath, mode, 0), "fchmodat", $"descriptor {file.Number} to {Convert.ToString(mode, 8)}");

    /// <summary>Sets access and modification time of an entry, of a link itself where it is one.</summary>
    /// <exception cref="SyscallException">EPERM when it is not ours; ENOENT.</exception>
    public static void SetTimes(SafeHandle parent, string name, FileTime accessed, FileTime modified)
    {
        Span<TimeSpec> times = [new(accessed), new(modified)];
        Syscall.Check(Native.UtimensAt(parent, name, times, AT_SYMLINK_NOFOLLOW), "utimensat", $"\"{name}\"");
    }

    /// <summary>Sets access and modification time of an open file, which must not be O_PATH.</summary>
    /// <exception cref="SyscallException">EPERM when it is not ours.</exception>
    public static void SetTimes(FileDescriptor file, FileTime accessed, FileTime modified)
    {
        Span<TimeSpec> times = [new(accessed), new(modified)];
        Syscall.Check(Native.Futimens(file, times), "futimens", $"descriptor {file.Number}");
    }

    /// <summary>The status of an open file.</summary>
    /// <exception cref="SyscallException">statx(2) failed.</exception>
    public static FileStatus Status(FileDescriptor file) =>
        TryStatus(file, "", out FileStatus status, out Errno error) ? status : throw new SyscallException("statx", $"descriptor {file.Number}", error);

    /// <summary>The status of an entry, of a link itself where it is one; false with the error. "" is the descriptor itself.</summary>
    public static bool TryStatus(SafeHandle parent, string name, out FileStatus status, out Errno error)
    {
        RawStatus raw = default;
        int result = Native.Statx(parent, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, STATX_BASIC_STATS, ref raw);
        return Answer(result, raw, out status, out error);
    }

    /// <summary>The status of what a path leads to; false with the error.</summary>
    public static bool TryStatus(string path, bool followLinks, out FileStatus status, out Errno error)
    {
        RawStatus raw = default;
        int result = Native.Statx(AT_FDCWD, path, followLinks ? 0 : AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, ref raw);
        return Answer(result, raw, out status, out error);
    }

    private static bool Answer(int result, in RawStatus raw, out FileStatus status, out Errno error)
    {
        error = result < 0 ? Syscall.LastError : Errno.None;
        status = new(
            raw.Mode,
            raw.Links,
            raw.Uid,
            raw.Gid,
            raw.Inode,
            raw.Size,
            (raw.DeviceMajor, raw.DeviceMinor),
            (raw.NodeMajor, raw.NodeMinor),
            new(raw.Modified.Seconds, raw.Modified.Nanoseconds));
        return result == 0;
    }

    /// <summary>struct timespec.</summary>
    internal readonly struct TimeSpec(FileTime time)
    {
        public readonly long Seconds = time.Seconds;
        public readonly long Nanoseconds = time.Nanoseconds;
    }

    /// <summary>struct statx_timestamp.</summary>
    internal struct StatusTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;
    }

    /// <summary>struct statx.</summary>
    internal struct RawStatus
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint Uid;
        public uint Gid;
        public ushort Mode;
        public ushort Spare;
        public ulong Inode;
        public ulong Size;
        public ulong Blocks;
        public ulong AttributesMask;
        public StatusTime Accessed;
        public StatusTime Born;
        public StatusTime Changed;
        public StatusTime Modified;
        public uint NodeMajor;
        public uint NodeMinor;
        public uint DeviceMajor;
        public uint DeviceMinor;
        public StatusRest Rest;
    }

    [InlineArray(14)]
    internal struct StatusRest
    {
        private ulong _first;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int ChownAt(SafeHandle parent, string name, uint uid, uint gid, int flags);

        [LibraryImport("libc", EntryPoint = "fchmodat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Chmod(int parent, string path, uint mode, int flags);

        [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int UtimensAt(SafeHandle parent, string name, Span<TimeSpec> times, int flags);

        [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
        internal static partial int Futimens(SafeHandle file, Span<TimeSpec> times);

        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Statx(SafeHandle parent, string name, int flags, uint mask, ref RawStatus status);

        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Statx(int parent, string path, int flags, uint mask, ref RawStatus status);
    }
}
