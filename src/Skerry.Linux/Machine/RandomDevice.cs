using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>The kernel's random number generator.</summary>
public static partial class RandomDevice
{
    private const nuint RNDADDENTROPY = 0x40085203;
    private const nuint RNDRESEEDCRNG = 0x5207;
    private const int HeaderBytes = 8;
    private const int MaxSeedBytes = 4096;

    /// <summary>Mixes <paramref name="seed"/> into the generator, credits its bits, and has it reseeded at once.</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; EINVAL for more than 4096 bytes.</exception>
    public static void Reseed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length > MaxSeedBytes)
        {
            throw new SyscallException("ioctl", "RNDADDENTROPY of \"/dev/random\"", Errno.EINVAL, $"send at most {MaxSeedBytes} bytes");
        }

        using FileDescriptor device = FileDescriptor.Open("/dev/random", OpenFlags.O_RDWR);
        Span<byte> info = stackalloc byte[HeaderBytes + MaxSeedBytes];
        BinaryPrimitives.WriteInt32LittleEndian(info, seed.Length * 8);
        BinaryPrimitives.WriteInt32LittleEndian(info[4..], seed.Length);
        seed.CopyTo(info[HeaderBytes..]);
        Syscall.Check(Native.Ioctl(device, RNDADDENTROPY, info), "ioctl", "RNDADDENTROPY of \"/dev/random\"");
        Syscall.Check(Native.Ioctl(device, RNDRESEEDCRNG, default), "ioctl", "RNDRESEEDCRNG of \"/dev/random\"");
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle device, nuint request, Span<byte> argument);
    }
}
