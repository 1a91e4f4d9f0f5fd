using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>One way to bring a file system to its mount point: the <c>driver</c> of a storage request.</summary>
internal interface IStorageDriver
{
    /// <summary>The names of the driver in requests.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>True when what is written may still be on its way to a disk: it has to be unmounted before the machine ends.</summary>
    bool IsOnDisk => false;

    /// <summary>Mounts what <paramref name="storage"/> describes on its mount point, which exists as a directory's name only.</summary>
    /// <returns>True when something was mounted, false when the mount point is a plain directory.</returns>
    Task<bool> MountAsync(StorageRequest storage, CancellationToken cancellationToken);

    /// <summary>Tells that <paramref name="mountPoint"/> is unmounted, for drivers that look after what they mount.</summary>
    void Released(string mountPoint)
    {
    }
}
