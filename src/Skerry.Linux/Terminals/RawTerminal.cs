using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Raw mode of a terminal for as long as this object lives: every byte passes through untouched, nothing is echoed.</summary>
public sealed partial class RawTerminal : IDisposable
{
    private readonly FileDescriptor _terminal;
    private readonly Settings _before;
    private int _left;

    private RawTerminal(FileDescriptor terminal, Settings before)
    {
        _terminal = terminal;
        _before = before;
    }

    /// <summary>Switches <paramref name="terminal"/> to raw mode, as cfmakeraw(3) does.</summary>
    /// <exception cref="SyscallException">ENOTTY when it is no terminal.</exception>
    public static RawTerminal Enter(FileDescriptor terminal)
    {
        Settings settings = default;
        Syscall.Check(Native.Ioctl(terminal, TCGETS, ref settings), "ioctl", $"TCGETS of descriptor {terminal.Number}");
        var raw = new RawTerminal(terminal, settings);
        Native.MakeRaw(ref settings);
        Apply(terminal, settings);
        return raw;
    }

    /// <summary>Restores the settings found by <see cref="Enter"/>; only the first call does.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0 && !_terminal.IsClosed)
        {
            Settings settings = _before;

            // A terminal that was hung up has no settings to restore.
            _ = Native.Ioctl(_terminal, TCSETSW, ref settings);
        }
    }

    private static void Apply(FileDescriptor terminal, Settings settings) =>
        Syscall.Check(Native.Ioctl(terminal, TCSETSW, ref settings), "ioctl", $"TCSETSW of descriptor {terminal.Number}");

    private const nuint TCGETS = 0x5401;
    private const nuint TCSETSW = 0x5403;

    /// <summary>
    /// struct termios of the kernel (36 bytes), in a buffer as large as glibc's (60 bytes): cfmakeraw(3) touches only the flags and the
    /// control characters, which lie at the same offsets in both.
    /// </summary>
    internal struct Settings
    {
        public uint InputFlags;
        public uint OutputFlags;
        public uint ControlFlags;
        public uint LocalFlags;
        public Rest Others;
    }

    [InlineArray(44)]
    internal struct Rest
    {
        private byte _first;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int Ioctl(SafeHandle descriptor, nuint request, ref Settings settings);

        [LibraryImport("libc", EntryPoint = "cfmakeraw")]
        internal static partial void MakeRaw(ref Settings settings);
    }
}
