using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>A counter that another process or the kernel can wait for: eventfd(2), non-blocking.</summary>
public sealed partial class EventFd : FileDescriptor
{
    private EventFd(int number)
        : base(number)
    {
    }

    /// <summary>Makes a counter.</summary>
    /// <exception cref="SyscallException">EMFILE.</exception>
    public static EventFd Create(uint initial = 0)
    {
        int number = Native.EventFd(initial, (int)(OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK));
        Syscall.Check(number, "eventfd", "for a new counter");
        return new EventFd(number);
    }

    /// <summary>Adds to the counter, which wakes the reader.</summary>
    /// <exception cref="SyscallException">EAGAIN when the counter would overflow.</exception>
    public void Signal(ulong count = 1)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, count);
        Write(value);
    }

    /// <summary>The counter, which becomes 0; 0 when nothing was signalled.</summary>
    /// <exception cref="SyscallException">read(2) failed.</exception>
    public ulong Take()
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        int count = TryRead(value, out Errno error);
        return error switch
        {
            Errno.None when count == sizeof(ulong) => BinaryPrimitives.ReadUInt64LittleEndian(value),
            Errno.EAGAIN => 0,
            _ => throw new SyscallException("read", $"eventfd {Number}", error),
        };
    }

    /// <summary>Waits until the counter is above 0, and takes it.</summary>
    public async Task<ulong> TakeAsync(CancellationToken cancellationToken)
    {
        ulong count;
        while ((count = Take()) == 0)
        {
            await Reactor.Shared.WaitReadableAsync(this, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
        internal static partial int EventFd(uint initial, int flags);
    }
}
