using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Gives open descriptors to the process at the other end of a unix socket, see SCM_RIGHTS in unix(7).</summary>
public static unsafe partial class DescriptorPassing
{
    /// <summary>Most descriptors one message carries (SCM_MAX_FD).</summary>
    public const int MostDescriptors = 253;

    internal const int SOL_SOCKET = 1;
    internal const int SCM_RIGHTS = 1;
    internal const int MSG_NOSIGNAL = 0x4000;

    /// <summary>
    /// Writes <paramref name="bytes"/>, the descriptors with their first byte; returns how much was written, -1 with the error. The
    /// receiver gets duplicates: ours stay open.
    /// </summary>
    /// <exception cref="ArgumentException">No byte to send, or too many descriptors.</exception>
    public static int TrySend(SafeHandle socket, ReadOnlySpan<byte> bytes, IReadOnlyList<FileDescriptor> descriptors, out Errno error)
    {
        if (bytes.IsEmpty || descriptors.Count > MostDescriptors)
        {
            throw new ArgumentException($"{bytes.Length} bytes with {descriptors.Count} descriptors: at least one byte, and at most {MostDescriptors} descriptors");
        }

        int dataBytes = descriptors.Count * sizeof(int);
        Span<byte> control = new byte[sizeof(ControlHeader) + ((dataBytes + 7) & ~7)];
        MemoryMarshal.Write(control, new ControlHeader { Length = (nuint)(sizeof(ControlHeader) + dataBytes), Level = SOL_SOCKET, Type = SCM_RIGHTS });
        Span<int> numbers = MemoryMarshal.Cast<byte, int>(control.Slice(sizeof(ControlHeader), dataBytes));
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = descriptors[i].Number;
        }

        nint count = Send(socket, bytes, control, out error);
        GC.KeepAlive(descriptors);
        return (int)count;
    }

    /// <summary>Everything the kernel reads is fixed or on this stack until the call returns, with the lengths of its spans.</summary>
    private static nint Send(SafeHandle socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> control, out Errno error)
    {
        fixed (byte* data = bytes, head = control)
        {
            var vector = new Vector { Base = data, Length = (nuint)bytes.Length };
            var message = new Message { Vectors = &vector, VectorCount = 1, Control = head, ControlLength = (nuint)control.Length };
            nint count;
            do
            {
                count = Native.SendMessage(socket, &message, MSG_NOSIGNAL);
            }
            while (Syscall.Interrupted(count));

            error = count < 0 ? Syscall.LastError : Errno.None;
            return count;
        }
    }

    /// <summary>struct cmsghdr.</summary>
    internal struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }

    /// <summary>struct iovec.</summary>
    internal struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr of 64-bit Linux.</summary>
    internal struct Message
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
        internal static partial nint SendMessage(SafeHandle socket, Message* message, int flags);
    }
}
