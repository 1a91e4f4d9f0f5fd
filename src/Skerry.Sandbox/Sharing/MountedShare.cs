using Skerry.Core;
using Skerry.Linux;
using Skerry.Oci;

namespace Skerry.Sandbox;

/// <summary>
/// The mounts below a share directory. The directory is bound onto itself and its propagation is shared, so that a mount made
/// later also appears in the namespace of a file daemon that was started before; so does what the host mounts later below a bind. Flags such as read-only do not propagate;
/// the copy of a mount has them: a read-only bind is therefore made in a staging directory and bound from there.
/// </summary>
/// <remarks>Meant for the shim's own mount namespace, where the kernel removes everything with the last process.</remarks>
internal sealed class MountedShare : IDisposable
{
    private readonly string _share;
    private readonly string _staging;
    private readonly HostMounts _host;
    private readonly List<(ContainerId Owner, string Target)> _mounted = [];
    private int _staged;

    /// <summary>Makes the two directories and mounts the share; sources of binds are paths of <paramref name="host"/>.</summary>
    internal MountedShare(string share, string staging, HostMounts host)
    {
        _share = share;
        _staging = staging;
        _host = host;
        MakeDirectory(share);
        MakeDirectory(staging);
        Mounts.Bind(share, share, recursive: false);
        try
        {
            Mounts.SetPropagation(share, MountFlags.MS_PRIVATE);
            Mounts.SetPropagation(share, MountFlags.MS_SHARED);
        }
        catch
        {
            Mounts.TryUnmount(share, UnmountFlags.MNT_DETACH, out _);
            throw;
        }
    }

    internal void AddRootFs(ContainerId container, IReadOnlyList<RootFsMount> mounts, string rootPath)
    {
        string target = Path.Combine(_share, container.Value, "rootfs");
        Directory.CreateDirectory(target);
        if (mounts.Count == 0)
        {
            AddBindAt(container, target, rootPath, recursive: true, ShareAccess.Writable);
            return;
        }

        foreach (RootFsMount mount in mounts)
        {
            MountRootFs(container, mount, mount.Target.Length == 0 ? target : BelowRoot(target, mount.Target));
        }
    }

    internal void AddBind(ContainerId container, string name, string source, bool recursive, ShareAccess access)
    {
        using FileDescriptor tree = _host.Copy(source, recursive);
        string target = Path.Combine(_share, name);
        MakeMountPoint(tree, target);
        AttachAt(container, target, tree, recursive, access);
    }

    internal void AddFileSystem(ContainerId container, string name, OciMount mount)
    {
        string target = Path.Combine(_share, name);
        MakeDirectory(target);
        (MountFlags flags, MountFlags propagation, string data) = Mounts.ParseOptions(mount.Options);
        Mounts.Mount(mount.Source ?? "none", target, mount.Type ?? string.Empty, flags, data);
        _mounted.Add((container, target));
        if (propagation != MountFlags.None)
        {
            Mounts.SetPropagation(target, propagation);
        }
    }

    /// <summary>Unmounts what belongs to <paramref name="container"/>, newest first, and removes the empty mount points.</summary>
    internal void Remove(ContainerId container)
    {
        for (int i = _mounted.Count - 1; i >= 0; i--)
        {
            (ContainerId owner, string target) = _mounted[i];
            if (owner == container)
            {
                Mounts.TryUnmount(target, UnmountFlags.MNT_DETACH, out _);
                _mounted.RemoveAt(i);
            }
        }

        foreach (string entry in EntriesOf(container))
        {
            RemoveMountPoint(entry);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _mounted.Count - 1; i >= 0; i--)
        {
            Mounts.TryUnmount(_mounted[i].Target, UnmountFlags.MNT_DETACH, out _);
        }

        _mounted.Clear();
        Mounts.TryUnmount(_share, UnmountFlags.MNT_DETACH, out _);
    }

    private void MountRootFs(ContainerId container, RootFsMount mount, string target)
    {
        (MountFlags flags, _, string data) = Mounts.ParseOptions(mount.Options);
        if (mount.Type == "bind" || (flags & MountFlags.MS_BIND) != 0)
        {
            AddBindAt(
                container, target, mount.Source, (flags & MountFlags.MS_REC) != 0, (flags & MountFlags.MS_RDONLY) != 0 ? ShareAccess.ReadOnly : ShareAccess.Writable);
            return;
        }

        Mounts.Mount(mount.Source, target, mount.Type, flags, data);
        _mounted.Add((container, target));
    }

    private void AddBindAt(ContainerId container, string target, string source, bool recursive, ShareAccess access)
    {
        using FileDescriptor tree = _host.Copy(source, recursive);
        AttachAt(container, target, tree, recursive, access);
    }

    private void AttachAt(ContainerId container, string target, FileDescriptor tree, bool recursive, ShareAccess access)
    {
        if (access == ShareAccess.Writable)
        {
            DetachedMounts.Attach(tree, target);
            _mounted.Add((container, target));
            return;
        }

        string stage = Path.Combine(_staging, $"{_staged++}");
        MakeMountPoint(tree, stage);
        DetachedMounts.Attach(tree, stage);
        try
        {
            Mounts.SetPropagation(stage, MountFlags.MS_REC | MountFlags.MS_PRIVATE);
            Restrict(stage, access);
            Mounts.Bind(stage, target, recursive);
            _mounted.Add((container, target));
        }
        finally
        {
            Mounts.TryUnmount(stage, UnmountFlags.MNT_DETACH, out _);
            RemoveMountPoint(stage);
        }
    }

    private static void Restrict(string mount, ShareAccess access)
    {
        if (access == ShareAccess.ReadOnlyTree)
        {
            Mounts.SetTreeAttributes(mount, new MountAttributes(MountAttribute.MOUNT_ATTR_RDONLY, MountAttribute.None));
        }
        else
        {
            Mounts.RemountReadOnly(mount);
        }
    }

    private IEnumerable<string> EntriesOf(ContainerId container) => !Directory.Exists(_share) ? [] : Directory.EnumerateFileSystemEntries(_share)
        .Where(path => Path.GetFileName(path) == container.Value || Path.GetFileName(path).StartsWith(container.Value + "-", StringComparison.Ordinal));

    // Only what no mount covers any more: below one are the files of a volume.
    private static void RemoveMountPoint(string path)
    {
        if (!MountTable.Read().Any(mount => mount.Target == path || mount.Target.StartsWith(path + "/", StringComparison.Ordinal)))
        {
            EmptyTree.TryRemove(path);
        }
    }

    private static string BelowRoot(string root, string path)
    {
        string target = Path.GetFullPath(Path.Combine(root, path.TrimStart('/')));
        return target.StartsWith(root + "/", StringComparison.Ordinal)
            ? target
            : throw new SkerryException(FailureKind.InvalidArgument, $"the mount target \"{path}\" leaves the root file system");
    }

    private static void MakeMountPoint(FileDescriptor tree, string target)
    {
        if (Attributes.Status(tree).Type == FileModes.S_IFDIR)
        {
            MakeDirectory(target);
        }
        else
        {
            File.WriteAllBytes(target, []);
        }
    }

    private static void MakeDirectory(string path) =>
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
