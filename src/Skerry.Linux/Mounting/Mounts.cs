using System.Runtime.InteropServices;

namespace Skerry.Linux;

/// <summary>mount(2) and umount2(2).</summary>
public static partial class Mounts
{
    /// <summary>The flags that choose how mounts and unmounts below a mount spread to its copies.</summary>
    public const MountFlags PropagationMask = MountFlags.MS_SHARED | MountFlags.MS_SLAVE | MountFlags.MS_PRIVATE | MountFlags.MS_UNBINDABLE;

    /// <summary>Mounts a file system.</summary>
    /// <param name="source">The device, or any word for a file system without one.</param>
    /// <param name="target">The mount point, which must exist.</param>
    /// <param name="type">The file system's name, as in /proc/filesystems.</param>
    /// <param name="flags">Flags of the mount.</param>
    /// <param name="data">Options of the file system, comma separated, or null; those of an overlay may be longer than a page.</param>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; ENODEV when the kernel lacks the type; ENOENT if a path is missing.</exception>
    public static void Mount(string source, string target, string type, MountFlags flags = MountFlags.None, string? data = null)
    {
        using OverlayOptions? overlay = type == "overlay" && data is not null ? Linux.OverlayOptions.Fit(data) : null;
        string? options = overlay?.Text ?? data;
        Syscall.Check(Native.Mount(source, target, type, (nuint)flags, options), "mount", $"{type} \"{source}\" on \"{target}\" ({flags}, \"{data}\")");
    }

    /// <summary>Binds <paramref name="source"/> onto <paramref name="target"/>; read-only needs <see cref="RemountBind"/>, see mount(2).</summary>
    /// <exception cref="SyscallException">EPERM without CAP_SYS_ADMIN; ENOENT if a path is missing; ENOTDIR if one is a directory and one is not.</exception>
    public static void Bind(string source, string target, bool recursive)
    {
        MountFlags flags = recursive ? MountFlags.MS_BIND | MountFlags.MS_REC : MountFlags.MS_BIND;
        Syscall.Check(Native.Mount(source, target, null, (nuint)flags, null), "mount", $"\"{source}\" on \"{target}\" ({flags})");
    }

    /// <summary>Sets the flags of the one mount at <paramref name="target"/>, as MS_RDONLY; mounts beneath keep theirs.</summary>
    /// <exception cref="SyscallException">EINVAL when it is no mount point; EBUSY when a file is open for writing.</exception>
    public static void RemountBind(string target, MountFlags flags)
    {
        flags |= MountFlags.MS_REMOUNT | MountFlags.MS_BIND;
        Syscall.Check(Native.Mount(null, target, null, (nuint)flags, null), "mount", $"\"{target}\" ({flags})");
    }

    /// <summary>Makes the one mount at <paramref name="target"/> read-only and keeps its other flags.</summary>
    /// <exception cref="SyscallException">EINVAL when it is no mount point; EBUSY when a file is open for writing.</exception>
    public static void RemountReadOnly(string target) => RemountBind(target, FileSystems.Stat(target).MountFlags | MountFlags.MS_RDONLY);

    /// <summary>Sets the propagation of the mount at <paramref name="target"/>: one of <see cref="PropagationMask"/>, with MS_REC for the mounts beneath too.</summary>
    /// <exception cref="SyscallException">EINVAL when it is no mount point.</exception>
    public static void SetPropagation(string target, MountFlags flags) =>
        Syscall.Check(Native.Mount(null, target, null, (nuint)flags, null), "mount", $"\"{target}\" ({flags})");

    /// <summary>Moves the mount at <paramref name="source"/> to <paramref name="target"/>.</summary>
    /// <exception cref="SyscallException">EINVAL when it is no mount point, or the mount around it is shared.</exception>
    public static void Move(string source, string target) =>
        Syscall.Check(Native.Mount(source, target, null, (nuint)MountFlags.MS_MOVE, null), "mount", $"\"{source}\" on \"{target}\" (MS_MOVE)");

    /// <summary>Unmounts what is mounted last at <paramref name="target"/>.</summary>
    /// <exception cref="SyscallException">EINVAL when it is no mount point; EBUSY while it is in use.</exception>
    public static void Unmount(string target, UnmountFlags flags)
    {
        if (!TryUnmount(target, flags, out Errno error))
        {
            throw new SyscallException("umount2", $"\"{target}\" ({flags})", error);
        }
    }

    /// <summary>As <see cref="Unmount"/>, but false with the error.</summary>
    public static bool TryUnmount(string target, UnmountFlags flags, out Errno error)
    {
        int result = Native.Unmount(target, (int)flags);
        error = result < 0 ? Syscall.LastError : Errno.None;
        return result == 0;
    }

    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Mount(string? source, string target, string? type, nuint flags, string? data);

        [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int Unmount(string target, int flags);
    }
}
