using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>A plain directory of the guest: disk emptyDirs.</summary>
internal sealed class LocalDriver : IStorageDriver
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["local"];

    /// <inheritdoc/>
    public Task<bool> MountAsync(StorageRequest storage, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(storage.MountPoint);
        MountPointOwner.Apply(storage.MountPoint, StorageOptions.Parse(storage));
        return Task.FromResult(false);
    }
}
