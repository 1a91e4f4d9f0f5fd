using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Tells what a path leads to, by statx(2).</summary>
public static partial class FileKinds
{
    private const int AT_FDCWD = -100;
    private const int AT_SYMLINK_NOFOLLOW = 0x100;
    private const uint STATX_TYPE = 1;
    private const int StatxSizeBytes = 256;
    private const int ModeOffset = 28;

    /// <summary>The kind of <paramref name="path"/>; Missing when nothing is there or its parent is no directory.</summary>
    /// <exception cref="SyscallException">The path cannot be looked at: EACCES, ELOOP, EIO…</exception>
    public static FileKind Of(string path, bool followLinks = true)
    {
        Span<byte> buffer = stackalloc byte[StatxSizeBytes];
        int result;
        do
        {
            result = Native.Statx(AT_FDCWD, path, followLinks ? 0 : AT_SYMLINK_NOFOLLOW, STATX_TYPE, buffer);
        }
        while (Syscall.Interrupted(result));

        if (result < 0)
        {
            Errno error = Syscall.LastError;
            return error is Errno.ENOENT or Errno.ENOTDIR ? FileKind.Missing : throw new SyscallException("statx", $"\"{path}\"", error);
        }

        return FromMode(BinaryPrimitives.ReadUInt16LittleEndian(buffer[ModeOffset..]));
    }

    private static FileKind FromMode(ushort mode) => (mode & 0xF000) switch
    {
        0x8000 => FileKind.Regular,
        0x4000 => FileKind.Directory,
        0xA000 => FileKind.SymbolicLink,
        0xC000 => FileKind.Socket,
        0x1000 => FileKind.Fifo,
        0x2000 => FileKind.CharacterDevice,
        0x6000 => FileKind.BlockDevice,
        _ => FileKind.Missing,
    };

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> buffer);
    }
}
