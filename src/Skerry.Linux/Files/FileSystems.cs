using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Facts about mounted file systems.</summary>
public static partial class FileSystems
{
    private const ulong ST_RELATIME = 0x1000;
    private const MountFlags SameBits = MountFlags.MS_RDONLY | MountFlags.MS_NOSUID | MountFlags.MS_NODEV | MountFlags.MS_NOEXEC
        | MountFlags.MS_SYNCHRONOUS | MountFlags.MS_MANDLOCK | MountFlags.MS_NOATIME | MountFlags.MS_NODIRATIME;

    /// <summary>syncfs(2): returns when everything written to the file system that <paramref name="file"/> is on would survive a power cut.</summary>
    /// <exception cref="SyscallException">EIO, ENOSPC.</exception>
    public static void Flush(FileDescriptor file) => Syscall.Check(Native.SyncFs(file), "syncfs", $"descriptor {file.Number}");

    /// <summary>Asks about the file system <paramref name="path"/> is on.</summary>
    /// <exception cref="SyscallException">ENOENT when the path is missing.</exception>
    public static FileSystemStat Stat(string path)
    {
        int result;
        RawStat raw = default;
        do
        {
            result = Native.StatFs(path, ref raw);
        }
        while (Syscall.Interrupted(result));

        Syscall.Check(result, "statfs", $"\"{path}\"");
        MountFlags flags = ((MountFlags)raw.Flags & SameBits) | ((raw.Flags & ST_RELATIME) != 0 ? MountFlags.MS_RELATIME : MountFlags.None);
        return new(raw.Type, raw.BlockSize, raw.Blocks, raw.FreeBlocks, raw.AvailableBlocks, raw.Files, raw.FreeFiles, flags);
    }

    /// <summary>struct statfs of x86_64 and arm64.</summary>
    internal struct RawStat
    {
        public long Type;
        public long BlockSize;
        public ulong Blocks;
        public ulong FreeBlocks;
        public ulong AvailableBlocks;
        public ulong Files;
        public ulong FreeFiles;
        public long Id;
        public long NameLength;
        public long FragmentSize;
        public ulong Flags;
        public Spare Rest;
    }

    [InlineArray(4)]
    internal struct Spare
    {
        private long _first;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
        internal static partial int SyncFs(SafeHandle file);

        [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int StatFs(string path, ref RawStat stat);
    }
}
