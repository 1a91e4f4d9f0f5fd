using System.Runtime.InteropServices;
using System.Text;

namespace Skerry.Linux;

/// <summary>Extended attributes, see xattr(7). By path the link itself is meant; by descriptor the file, which must not be O_PATH.</summary>
public static partial class ExtendedAttributes
{
    private const int MaxSizeBytes = 64 * 1024;

    /// <summary>Sets an attribute of the file or link at <paramref name="path"/>.</summary>
    /// <exception cref="SyscallException">EOPNOTSUPP when the file system has none; EPERM.</exception>
    public static void Set(string path, string name, ReadOnlySpan<byte> value) =>
        Syscall.Check(Native.LSet(path, name, value, (nuint)value.Length, 0), "lsetxattr", $"{name} of \"{path}\"");

    /// <summary>Sets an attribute of an open file.</summary>
    /// <exception cref="SyscallException">EOPNOTSUPP when the file system has none; EPERM.</exception>
    public static void Set(FileDescriptor file, string name, ReadOnlySpan<byte> value) =>
        Syscall.Check(Native.FSet(file, name, value, (nuint)value.Length, 0), "fsetxattr", $"{name} of descriptor {file.Number}");

    /// <summary>An attribute of the file or link at <paramref name="path"/>; null with the error, ENODATA when it has none of this name.</summary>
    public static byte[]? TryGet(string path, string name, out Errno error)
    {
        byte[] buffer = new byte[MaxSizeBytes];
        return Value(buffer, Native.LGet(path, name, buffer, (nuint)buffer.Length), out error);
    }

    /// <summary>An attribute of an open file; null with the error, ENODATA when it has none of this name.</summary>
    public static byte[]? TryGet(FileDescriptor file, string name, out Errno error)
    {
        byte[] buffer = new byte[MaxSizeBytes];
        return Value(buffer, Native.FGet(file, name, buffer, (nuint)buffer.Length), out error);
    }

    /// <summary>The names of all attributes of the file or link at <paramref name="path"/>.</summary>
    /// <exception cref="SyscallException">ENOENT.</exception>
    public static IReadOnlyList<string> List(string path)
    {
        byte[] buffer = new byte[MaxSizeBytes];
        nint count = Native.LList(path, buffer, (nuint)buffer.Length);
        Syscall.Check(count, "llistxattr", $"\"{path}\"");
        return Names(buffer.AsSpan(0, (int)count));
    }

    /// <summary>The names of all attributes of an open file.</summary>
    /// <exception cref="SyscallException">EBADF for an O_PATH descriptor.</exception>
    public static IReadOnlyList<string> List(FileDescriptor file)
    {
        byte[] buffer = new byte[MaxSizeBytes];
        nint count = Native.FList(file, buffer, (nuint)buffer.Length);
        Syscall.Check(count, "flistxattr", $"descriptor {file.Number}");
        return Names(buffer.AsSpan(0, (int)count));
    }

    private static byte[]? Value(byte[] buffer, nint count, out Errno error)
    {
        error = count < 0 ? Syscall.LastError : Errno.None;
        return count < 0 ? null : buffer[..(int)count];
    }

    private static string[] Names(ReadOnlySpan<byte> list) => Encoding.UTF8.GetString(list).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "lsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int LSet(string path, string name, ReadOnlySpan<byte> value, nuint size, int flags);

        [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int FSet(SafeHandle file, string name, ReadOnlySpan<byte> value, nuint size, int flags);

        [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint LGet(string path, string name, Span<byte> value, nuint size);

        [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint FGet(SafeHandle file, string name, Span<byte> value, nuint size);

        [LibraryImport("libc", EntryPoint = "llistxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint LList(string path, Span<byte> list, nuint size);

        [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true)]
        internal static partial nint FList(SafeHandle file, Span<byte> list, nuint size);
    }
}
