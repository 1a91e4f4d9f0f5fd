using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>The kernel's virtual machines, as far as asking whether one can be had; include/uapi/linux/kvm.h.</summary>
public static partial class Kvm
{
    /// <summary>The only version of the interface that was ever stable.</summary>
    public const int ApiVersion = 12;
    private const nuint KVM_GET_API_VERSION = 0xAE00;
    private const nuint KVM_CREATE_VM = 0xAE01;

    /// <summary>The interface's version of an open /dev/kvm.</summary>
    /// <exception cref="SyscallException">ENOTTY when the file is something else.</exception>
    public static int GetApiVersion(FileDescriptor device)
    {
        int version = Native.Ioctl(device, KVM_GET_API_VERSION, 0);
        Syscall.Check(version, "ioctl", "KVM_GET_API_VERSION");
        return version;
    }

    /// <summary>Makes an empty virtual machine, which lives as long as its descriptor; null with the error when the kernel refuses.</summary>
    public static FileDescriptor? TryCreateVm(FileDescriptor device, out Errno error)
    {
        int number;
        do
        {
            number = Native.Ioctl(device, KVM_CREATE_VM, 0);
        }
        while (Syscall.Interrupted(number));
        error = number < 0 ? Syscall.LastError : Errno.None;
        return number < 0 ? null : new FileDescriptor(number);
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle descriptor, nuint request, nint argument);
    }
}
