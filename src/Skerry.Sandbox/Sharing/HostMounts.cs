using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>
/// The mounts of the manager, as they are now. The shim's own mount namespace began as a copy of the manager's; what is mounted there
/// later reaches it only where propagation is shared, which nobody has promised.
/// </summary>
/// <param name="managersNamespace">The manager's mount namespace, from now on ours; null to work with our own.</param>
public sealed class HostMounts(FileDescriptor? managersNamespace) : IDisposable
{
    /// <summary>Runs <paramref name="look"/>, which must not await, where paths lead where the manager's do.</summary>
    public Task<T> LookAsync<T>(Func<T> look) =>
        managersNamespace is null ? Task.FromResult(look()) : DedicatedThread.InMountsAsync("host-mounts", managersNamespace, look);

    /// <summary>A copy of the mounts at <paramref name="path"/> that follows the manager's; it goes with its descriptor.</summary>
    /// <param name="path">A path of the manager's, or of ours alone.</param>
    /// <param name="recursive">With the mounts below it.</param>
    /// <exception cref="SyscallException">ENOENT; ENOSYS before Linux 5.2.</exception>
    internal FileDescriptor Copy(string path, bool recursive)
    {
        FileDescriptor tree = LookAsync(() => TryClone(path, recursive)).GetAwaiter().GetResult() ?? Clone(path, recursive);
        try
        {
            DetachedMounts.MakeFollower(tree);
            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => managersNamespace?.Dispose();

    private static FileDescriptor? TryClone(string path, bool recursive)
    {
        using FileDescriptor? place = FileDescriptor.TryOpen(path, OpenFlags.O_PATH, 0, out _);
        return place is null ? null : DetachedMounts.Clone(place, recursive);
    }

    private static FileDescriptor Clone(string path, bool recursive)
    {
        using FileDescriptor place = FileDescriptor.Open(path, OpenFlags.O_PATH);
        return DetachedMounts.Clone(place, recursive);
    }
}
