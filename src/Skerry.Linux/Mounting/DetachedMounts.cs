using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>Trees of mounts that stand nowhere yet: the one way to bring a mount from one mount namespace into another.</summary>
/// <remarks>open_tree(2) and move_mount(2), Linux 5.2; mount_setattr(2), Linux 5.12.</remarks>
public static partial class DetachedMounts
{
    private const nint SYS_open_tree = 428;
    private const nint SYS_move_mount = 429;
    private const nint SYS_mount_setattr = 442;
    private const int AT_FDCWD = -100;
    private const uint AT_EMPTY_PATH = 0x1000;
    private const uint AT_RECURSIVE = 0x8000;
    private const uint OPEN_TREE_CLONE = 1;
    private const uint OPEN_TREE_CLOEXEC = 0x80000;
    private const uint MOVE_MOUNT_F_EMPTY_PATH = 4;

    /// <summary>Copies what <paramref name="path"/> stands for; it must be of the calling thread's mount namespace.</summary>
    /// <param name="path">A directory or file.</param>
    /// <param name="recursive">With the mounts below it.</param>
    /// <exception cref="SyscallException">EINVAL for another mount namespace; EPERM.</exception>
    public static FileDescriptor Clone(FileDescriptor path, bool recursive = true)
    {
        nint number = Native.OpenTree(SYS_open_tree, path, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0));
        Syscall.Check(number, "open_tree", $"descriptor {path.Number}");
        return new FileDescriptor((int)number);
    }

    /// <summary>Mounts a copy at <paramref name="target"/> of the calling thread's mount namespace.</summary>
    /// <exception cref="SyscallException">ENOENT or ENOTDIR when the target does not fit; EPERM.</exception>
    public static void Attach(FileDescriptor tree, string target) =>
        Syscall.Check(Native.MoveMount(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH), "move_mount", $"to \"{target}\"");

    /// <summary>Lets a copy follow what is mounted below the original from now on, and never the other way round.</summary>
    /// <exception cref="SyscallException">EPERM.</exception>
    public static void MakeFollower(FileDescriptor tree)
    {
        var slave = new Mounts.RawAttributes { Propagation = (ulong)MountFlags.MS_SLAVE };
        nint result = Native.SetAttributes(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, ref slave, (nuint)Unsafe.SizeOf<Mounts.RawAttributes>());
        if (result < 0 && Syscall.LastError == Errno.ENOSYS)
        {
            Mounts.SetPropagation(tree.ProcPath, MountFlags.MS_SLAVE | MountFlags.MS_REC);
            return;
        }

        Syscall.Check(result, "mount_setattr", $"descriptor {tree.Number} (MS_SLAVE)");
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint OpenTree(nint call, SafeHandle directory, string path, uint flags);

        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint MoveMount(nint call, SafeHandle from, string fromPath, int to, string toPath, uint flags);

        [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial nint SetAttributes(nint call, SafeHandle tree, string path, uint flags, ref Mounts.RawAttributes attributes, nuint size);
    }
}
