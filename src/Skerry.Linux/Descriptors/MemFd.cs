using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>A file in memory without a name in any directory: memfd_create(2).</summary>
public sealed partial class MemFd : FileDescriptor
{
    private const uint MFD_CLOEXEC = 1;
    private const uint MFD_ALLOW_SEALING = 2;
    private const int F_ADD_SEALS = 1033;

    private MemFd(int number)
        : base(number)
    {
    }

    /// <summary>Makes a file of <paramref name="sizeBytes"/> zero bytes.</summary>
    /// <param name="name">Shown in /proc/PID/maps, at most 249 bytes.</param>
    /// <param name="sizeBytes">The length.</param>
    /// <exception cref="SyscallException">EMFILE, ENOMEM.</exception>
    public static MemFd Create(string name, long sizeBytes = 0)
    {
        int number = Native.Create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        Syscall.Check(number, "memfd_create", $"\"{name}\"");
        var memory = new MemFd(number);
        if (sizeBytes > 0 && Native.Truncate(memory, sizeBytes) < 0)
        {
            SyscallException error = SyscallException.Last("ftruncate", $"\"{name}\" to {sizeBytes} bytes");
            memory.Dispose();
            throw error;
        }

        return memory;
    }

    /// <summary>Forbids some changes for good.</summary>
    /// <exception cref="SyscallException">EBUSY for F_SEAL_WRITE while it is mapped writable.</exception>
    public void Seal(MemFdSeals seals) => Syscall.Check(Native.Fcntl(this, F_ADD_SEALS, (int)seals), "fcntl", $"F_ADD_SEALS {seals}");

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Create(string name, uint flags);

        [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
        internal static partial int Truncate(SafeHandle memory, long sizeBytes);

        [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
        internal static partial int Fcntl(SafeHandle memory, int command, int argument);
    }
}
