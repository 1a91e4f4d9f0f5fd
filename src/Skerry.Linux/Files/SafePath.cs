using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Opens paths that someone else wrote, without ever leaving a given root: openat2(2).</summary>
public static partial class SafePath
{
    /// <summary>The root is "/" for every link and "..", and the magic links of /proc are refused.</summary>
    public const ResolveFlags InRoot = ResolveFlags.RESOLVE_IN_ROOT | ResolveFlags.RESOLVE_NO_MAGICLINKS;

    private const nint SYS_openat2 = 437;
    private const int MaxRaces = 128;

    /// <summary>Opens <paramref name="path"/> as a process with the root directory <paramref name="root"/> would, close-on-exec.</summary>
    /// <param name="root">A directory, O_PATH is enough.</param>
    /// <param name="path">Absolute or relative: both start at the root. The empty path is the root itself.</param>
    /// <param name="flags">How to open it.</param>
    /// <param name="mode">Permissions of a created file, before the umask.</param>
    /// <param name="resolve">How to walk.</param>
    /// <exception cref="SyscallException">ENOENT; ELOOP and EXDEV when <paramref name="resolve"/> forbids the way.</exception>
    public static FileDescriptor OpenIn(SafeHandle root, string path, OpenFlags flags, uint mode = 0, ResolveFlags resolve = InRoot) =>
        TryOpenIn(root, path, flags, out Errno error, mode, resolve) ?? throw new SyscallException("openat2", $"\"{path}\"", error);

    /// <summary>As <see cref="OpenIn"/>, but null with the error.</summary>
    public static FileDescriptor? TryOpenIn(SafeHandle root, string path, OpenFlags flags, out Errno error, uint mode = 0, ResolveFlags resolve = InRoot)
    {
        var how = new OpenHow { Flags = (ulong)(flags | OpenFlags.O_CLOEXEC), Mode = Creates(flags) ? mode : 0, Resolve = (ulong)resolve };
        nint number;
        int races = 0;
        do
        {
            number = Native.OpenAt2(SYS_openat2, root, path.Length == 0 ? "." : path, ref how, (nuint)Unsafe.SizeOf<OpenHow>());
        }
        while (Syscall.Interrupted(number) || (number < 0 && Syscall.LastError == Errno.EAGAIN && ++races < MaxRaces));

        error = number < 0 ? Syscall.LastError : Errno.None;
        return number < 0 ? null : new FileDescriptor((int)number);
    }

    private static bool Creates(OpenFlags flags) => (flags & (OpenFlags.O_CREAT | (OpenFlags.O_TMPFILE & ~OpenFlags.O_DIRECTORY))) != 0;

    /// <summary>struct open_how.</summary>
    internal struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint OpenAt2(nint call, SafeHandle root, string path, ref OpenHow how, nuint size);
    }
}
