using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Pseudo terminals of the devpts mounted at /dev/pts.</summary>
public static partial class Pty
{
    private const nuint TIOCGWINSZ = 0x5413;
    private const nuint TIOCSWINSZ = 0x5414;
    private const nuint TIOCSPTLCK = 0x40045431;
    private const nuint TIOCGPTPEER = 0x5441;

    /// <summary>A new pty. Neither end becomes anybody's controlling terminal.</summary>
    /// <param name="multiplexer">The ptmx file of another devpts than ours, as in a container's.</param>
    /// <exception cref="SyscallException">ENOENT without a devpts; ENOSPC when all ptys are taken.</exception>
    public static (FileDescriptor Master, FileDescriptor Slave) Open(string multiplexer = "/dev/ptmx")
    {
        FileDescriptor master = FileDescriptor.Open(multiplexer, OpenFlags.O_RDWR | OpenFlags.O_NOCTTY);
        try
        {
            int unlocked = 0;
            Syscall.Check(Native.Ioctl(master, TIOCSPTLCK, ref unlocked), "ioctl", "TIOCSPTLCK of a new pty");

            // By descriptor, not by name: /dev/pts may show another devpts than /dev/ptmx belongs to.
            const OpenFlags Flags = OpenFlags.O_RDWR | OpenFlags.O_NOCTTY | OpenFlags.O_CLOEXEC;
            int slave = Native.Ioctl(master, TIOCGPTPEER, (nint)Flags);
            Syscall.Check(slave, "ioctl", "TIOCGPTPEER of a new pty");
            return (master, new FileDescriptor(slave));
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    /// <summary>Sets the size in characters, and sends SIGWINCH to the foreground processes when it changed.</summary>
    /// <param name="terminal">Either end.</param>
    /// <exception cref="SyscallException">ENOTTY when it is no terminal.</exception>
    public static void Resize(FileDescriptor terminal, ushort rows, ushort columns)
    {
        var size = new WindowSize { Rows = rows, Columns = columns };
        Syscall.Check(Native.Ioctl(terminal, TIOCSWINSZ, ref size), "ioctl", $"TIOCSWINSZ of descriptor {terminal.Number}");
    }

    /// <summary>The size in characters; 0 by 0 when nobody has set it.</summary>
    /// <exception cref="SyscallException">ENOTTY when it is no terminal.</exception>
    public static (ushort Rows, ushort Columns) GetSize(FileDescriptor terminal)
    {
        WindowSize size = default;
        Syscall.Check(Native.Ioctl(terminal, TIOCGWINSZ, ref size), "ioctl", $"TIOCGWINSZ of descriptor {terminal.Number}");
        return (size.Rows, size.Columns);
    }

    /// <summary>struct winsize.</summary>
    internal struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthPixels;
        public ushort HeightPixels;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle descriptor, nuint request, ref int argument);

        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle descriptor, nuint request, nint argument);

        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle descriptor, nuint request, ref WindowSize argument);
    }
}
