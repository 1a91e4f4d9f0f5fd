using System.Runtime.InteropServices;
using System.Text;

namespace Skerry.Linux;

/// <summary>Opens paths that someone else wrote, without ever leaving a given root: openat2(2).</summary>
public static class SafePath
{
    /// <summary>The root is "/" for every link and "..", and the magic links of /proc are refused.</summary>
    public const ResolveFlags InRoot = ResolveFlags.RESOLVE_IN_ROOT | ResolveFlags.RESOLVE_NO_MAGICLINKS;

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
    public static FileDescriptor? TryOpenIn(SafeHandle root, string path, OpenFlags flags, out Errno error, uint mode = 0, ResolveFlags resolve = InRoot) =>
        RawEntries.TryOpen(root, Encoding.UTF8.GetBytes(path), flags, mode, resolve, out error);
}
