using System.Text;

namespace Skerry.Linux;

/// <summary>The small text files in which the kernel shows things and takes settings (/proc, /sys, cgroups), read and written whole.</summary>
/// <remarks>
/// Three system calls each. <see cref="File.ReadAllText(string)"/> also asks for size, lock and encoding, of which these files have none: in a
/// guest that starts, code that runs for the first time is what takes the time.
/// </remarks>
public static class KernelFile
{
    private const int FirstBytes = 4096;
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The text of <paramref name="path"/> without the newlines at its end.</summary>
    /// <exception cref="SyscallException">ENOENT; what the file's read returns; EFBIG for more than 1 MiB.</exception>
    public static string Read(string path) => TryRead(path, out Errno error) ?? throw new SyscallException("read", $"\"{path}\"", error);

    /// <summary>As <see cref="Read"/>, but null with the error when that fails.</summary>
    public static string? TryRead(string path, out Errno error)
    {
        using FileDescriptor? descriptor = FileDescriptor.TryOpen(path, OpenFlags.O_RDONLY, 0, out error);
        return descriptor is null ? null : ReadAll(descriptor, out error);
    }

    /// <summary>Writes <paramref name="value"/> with one call, as the kernel expects.</summary>
    /// <exception cref="SyscallException">ENOENT: no such file; EINVAL, ERANGE: the kernel refuses the value; EBUSY.</exception>
    public static void Write(string path, string value)
    {
        if (!TryWrite(path, value, out Errno error))
        {
            throw new SyscallException("write", $"\"{value}\" to \"{path}\"", error);
        }
    }

    /// <summary>As <see cref="Write"/>; false with the error when it fails.</summary>
    public static bool TryWrite(string path, string value, out Errno error)
    {
        using FileDescriptor? descriptor = FileDescriptor.TryOpen(path, OpenFlags.O_WRONLY | OpenFlags.O_TRUNC, 0, out error);
        return descriptor is not null && descriptor.TryWrite(Encoding.UTF8.GetBytes(value), out error) >= 0;
    }

    private static string? ReadAll(FileDescriptor descriptor, out Errno error)
    {
        var buffer = new byte[FirstBytes];
        int length = 0;
        while (true)
        {
            int count = descriptor.TryRead(buffer.AsSpan(length), out error);
            if (count <= 0)
            {
                return count < 0 ? null : Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
            }

            length += count;
            if (length >= MaxBytes)
            {
                error = Errno.EFBIG;
                return null;
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length * 2);
            }
        }
    }
}
