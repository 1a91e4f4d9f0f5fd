using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Ttrpc;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>What is mounted for the sandbox and its containers, by mount point and with the number of its users.</summary>
internal sealed class StorageTable : IDisposable
{
    private readonly Dictionary<string, IStorageDriver> _drivers;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _lock = new(1, 1);

    private sealed record Entry(IStorageDriver Driver, bool Mounted, bool Shared)
    {
        public int Users { get; set; } = 1;
    }

    /// <summary>Makes an empty table that knows <paramref name="drivers"/>.</summary>
    public StorageTable(params IEnumerable<IStorageDriver> drivers) => _drivers = ByName(drivers);

    /// <summary>The names of the drivers, for the guest's details.</summary>
    public IReadOnlyList<string> DriverNames => [.. _drivers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Mounts a storage, or counts one more user when its mount point is in use already.</summary>
    /// <exception cref="SkerryException">Unimplemented for an unknown driver; else what mounting failed with, naming the storage.</exception>
    public async Task AddAsync(StorageRequest storage, CancellationToken cancellationToken)
    {
        if (!_drivers.TryGetValue(storage.Driver, out IStorageDriver? driver))
        {
            throw new SkerryException(
                FailureKind.Unimplemented, $"storage driver \"{storage.Driver}\" is not known", $"use one of {string.Join(", ", DriverNames)}");
        }

        if (!storage.MountPoint.StartsWith('/'))
        {
            throw new SkerryException(FailureKind.InvalidArgument, $"mount point \"{storage.MountPoint}\" of a storage is not absolute");
        }

        await _lock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_entries.TryGetValue(storage.MountPoint, out Entry? entry))
            {
                entry.Users++;
                return;
            }

            var made = new Entry(driver, await MountAsync(driver, storage, cancellationToken).ConfigureAwait(false), storage.Shared);
            try
            {
                GiveToGroup(storage);
                _entries[storage.MountPoint] = made;
            }
            catch
            {
                Remove(storage.MountPoint, made);
                throw;
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Counts one user less; the last one's end unmounts, unless the storage is shared with containers to come.</summary>
    public async Task ReleaseAsync(string mountPoint, CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_entries.TryGetValue(mountPoint, out Entry? entry) && --entry.Users <= 0 && !entry.Shared)
            {
                _entries.Remove(mountPoint);
                Remove(mountPoint, entry);
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Unmounts what is on disks, newest first, before the machine ends; the other storages end with it.</summary>
    public async Task UnmountDisksAsync()
    {
        await _lock.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            foreach ((string mountPoint, Entry entry) in _entries.Reverse())
            {
                if (entry is { Driver.IsOnDisk: true, Mounted: true })
                {
                    Mounts.TryUnmount(mountPoint, UnmountFlags.MNT_DETACH | UnmountFlags.UMOUNT_NOFOLLOW, out _);
                }
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Unmounts everything, newest first; what is still in use is detached.</summary>
    public void Dispose()
    {
        _lock.Dispose();
        foreach (string mountPoint in _entries.Keys.Reverse())
        {
            Remove(mountPoint, _entries[mountPoint]);
        }

        _entries.Clear();
    }

    private static Dictionary<string, IStorageDriver> ByName(IEnumerable<IStorageDriver> drivers)
    {
        var byName = new Dictionary<string, IStorageDriver>(StringComparer.Ordinal);
        foreach (IStorageDriver driver in drivers)
        {
            foreach (string name in driver.Names)
            {
                byName[name] = driver;
            }
        }

        return byName;
    }

    private static async Task<bool> MountAsync(IStorageDriver driver, StorageRequest storage, CancellationToken cancellationToken)
    {
        try
        {
            return await driver.MountAsync(storage, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SkerryException or IOException or UnauthorizedAccessException)
        {
            string message = $"cannot bring {storage.Driver} storage \"{storage.Source}\" to \"{storage.MountPoint}\"";
            throw error is TtrpcException { Code: var code } ? new TtrpcException(code, message, error) : new SkerryException(ErrorReport.KindOf(error), message, cause: error);
        }
    }

    private static void GiveToGroup(StorageRequest storage)
    {
        if (storage.FsGroup is { } group)
        {
            VolumeGroup.Apply(storage.MountPoint, group, StorageOptions.Parse(storage).Flags.HasFlag(MountFlags.MS_RDONLY));
        }
    }

    private static void Remove(string mountPoint, Entry entry)
    {
        if (entry.Mounted)
        {
            Mounts.TryUnmount(mountPoint, UnmountFlags.MNT_DETACH | UnmountFlags.UMOUNT_NOFOLLOW, out _);
            TryRemoveMountPoint(mountPoint);
        }
        else if (Directory.Exists(mountPoint))
        {
            Directory.Delete(mountPoint, recursive: true);
        }

        entry.Driver.Released(mountPoint);
    }

    /// <summary>A mount point stays when the workload's data is under it: only what is empty goes.</summary>
    private static void TryRemoveMountPoint(string mountPoint)
    {
        try
        {
            Directory.Delete(mountPoint);
        }
        catch (IOException)
        {
            // Not empty, not a directory, or on a read-only file system: it belongs to somebody else.
        }
    }
}
