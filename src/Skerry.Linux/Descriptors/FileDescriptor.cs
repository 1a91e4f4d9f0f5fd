using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>An open file descriptor, always close-on-exec; closed when disposed.</summary>
/// <remarks>Reading, writing and disposing are safe from any thread: the number stays valid until the last call has returned.</remarks>
public partial class FileDescriptor : SafeHandle
{
    /// <summary>Takes over an open descriptor.</summary>
    /// <param name="number">The descriptor's number.</param>
    /// <param name="ownsHandle">False when someone else closes it, as for 0, 1 and 2.</param>
    public FileDescriptor(int number, bool ownsHandle = true)
        : base(-1, ownsHandle) => SetHandle(number);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>The number, for command lines and paths under /proc/self/fd; valid only while this object is alive.</summary>
    public int Number => (int)handle;

    /// <summary>The path of this descriptor under /proc, for calls that take a path only.</summary>
    public string ProcPath => $"/proc/self/fd/{Number}";

    /// <summary>Opens <paramref name="path"/> close-on-exec.</summary>
    /// <param name="path">The file.</param>
    /// <param name="flags">How to open it.</param>
    /// <param name="mode">Permissions of a created file, before the umask.</param>
    /// <exception cref="SyscallException">open(2) failed.</exception>
    public static FileDescriptor Open(string path, OpenFlags flags, uint mode = 0b110_100_100) =>
        TryOpen(path, flags, mode, out Errno error) ?? throw new SyscallException("open", $"\"{path}\"", error);

    /// <summary>Opens <paramref name="path"/> close-on-exec; null with the error when open(2) fails.</summary>
    public static FileDescriptor? TryOpen(string path, OpenFlags flags, uint mode, out Errno error)
    {
        int number;
        do
        {
            number = Native.Open(path, (int)(flags | OpenFlags.O_CLOEXEC), mode);
        }
        while (Syscall.Interrupted(number));

        error = number < 0 ? Syscall.LastError : Errno.None;
        return number < 0 ? null : new FileDescriptor(number);
    }

    /// <summary>A second, close-on-exec descriptor of the same open file.</summary>
    /// <exception cref="SyscallException">EMFILE at the limit of open files.</exception>
    public FileDescriptor Duplicate()
    {
        int number = Native.Fcntl(this, F_DUPFD_CLOEXEC, 3);
        Syscall.Check(number, "fcntl", $"F_DUPFD_CLOEXEC of descriptor {Number}");
        return new FileDescriptor(number);
    }

    /// <summary>Reads what is there, at most the buffer's length; 0 at the end.</summary>
    /// <exception cref="SyscallException">read(2) failed; EAGAIN on a non-blocking descriptor without data.</exception>
    public int Read(Span<byte> buffer)
    {
        int count = TryRead(buffer, out Errno error);
        return count >= 0 ? count : throw new SyscallException("read", $"descriptor {Number}", error);
    }

    /// <summary>As <see cref="Read"/>, but -1 with the error when read(2) fails.</summary>
    public int TryRead(Span<byte> buffer, out Errno error)
    {
        nint count;
        do
        {
            count = Native.Read(this, buffer, (nuint)buffer.Length);
        }
        while (Syscall.Interrupted(count));

        error = count < 0 ? Syscall.LastError : Errno.None;
        return (int)count;
    }

    /// <summary>Writes all of <paramref name="buffer"/> to a blocking descriptor.</summary>
    /// <exception cref="SyscallException">write(2) failed; EAGAIN when a non-blocking descriptor is full.</exception>
    public void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = TryWrite(buffer, out Errno error);
            if (count < 0)
            {
                throw new SyscallException("write", $"descriptor {Number}", error);
            }

            buffer = buffer[count..];
        }
    }

    /// <summary>Writes what fits now and returns how much; -1 with the error when write(2) fails.</summary>
    public int TryWrite(ReadOnlySpan<byte> buffer, out Errno error)
    {
        nint count;
        do
        {
            count = Native.Write(this, buffer, (nuint)buffer.Length);
        }
        while (Syscall.Interrupted(count));

        error = count < 0 ? Syscall.LastError : Errno.None;
        return (int)count;
    }

    /// <summary>Switches O_NONBLOCK, which belongs to the open file and so to every duplicate; returns what it was.</summary>
    /// <exception cref="SyscallException">EBADF.</exception>
    public bool SetNonBlocking(bool nonBlocking)
    {
        int flags = Native.Fcntl(this, F_GETFL, 0);
        Syscall.Check(flags, "fcntl", $"F_GETFL of descriptor {Number}");
        bool before = (flags & (int)OpenFlags.O_NONBLOCK) != 0;
        if (before != nonBlocking)
        {
            Syscall.Check(Native.Fcntl(this, F_SETFL, flags ^ (int)OpenFlags.O_NONBLOCK), "fcntl", $"F_SETFL of descriptor {Number}");
        }

        return before;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Native.Close((int)handle) == 0;

    private const int F_GETFL = 3;
    private const int F_SETFL = 4;
    private const int F_DUPFD_CLOEXEC = 1030;

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Open(string path, int flags, uint mode);

        [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
        internal static partial int Close(int number);

        [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
        internal static partial int Fcntl(SafeHandle descriptor, int command, int argument);

        [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
        internal static partial nint Read(SafeHandle descriptor, Span<byte> buffer, nuint count);

        [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
        internal static partial nint Write(SafeHandle descriptor, ReadOnlySpan<byte> buffer, nuint count);
    }
}
