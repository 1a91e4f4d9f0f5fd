using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Block devices, asked by the ioctls of linux/fs.h.</summary>
public static partial class BlockDevices
{
    private const nuint BLKROGET = 0x125E;
    private const nuint BLKSSZGET = 0x1268;
    private const nuint BLKPBSZGET = 0x127B;
    private const nuint BLKGETSIZE64 = 0x80081272;

    /// <summary>Size, sectors and whether it can be written, of an open device; <paramref name="name"/> is for errors.</summary>
    /// <exception cref="SyscallException">ENOTTY for anything that is no block device; ENXIO for a device that has gone.</exception>
    public static BlockGeometry Read(FileDescriptor device, string name) => new(
        Ask(device, BLKGETSIZE64, nameof(BLKGETSIZE64), name),
        (uint)Ask(device, BLKSSZGET, nameof(BLKSSZGET), name),
        (uint)Ask(device, BLKPBSZGET, nameof(BLKPBSZGET), name),
        (int)Ask(device, BLKROGET, nameof(BLKROGET), name) != 0);

    /// <summary>The kernel writes 4 or 8 bytes, as the request says; the rest stays 0.</summary>
    private static ulong Ask(FileDescriptor device, nuint request, string requestName, string name)
    {
        ulong value = 0;
        Syscall.Check(Native.Ioctl(device, request, ref value), "ioctl", $"{requestName} of \"{name}\"");
        return value;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle device, nuint request, ref ulong value);
    }
}
