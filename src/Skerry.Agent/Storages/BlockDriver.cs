using Skerry.Linux;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>File systems on block devices that the host has plugged.</summary>
internal sealed class BlockDriver(DeviceFinder devices) : IStorageDriver
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["blk", "mmioblk", "nvdimm"];

    /// <inheritdoc/>
    public bool IsOnDisk => true;

    /// <inheritdoc/>
    public async Task<bool> MountAsync(StorageRequest storage, CancellationToken cancellationToken)
    {
        StorageOptions options = StorageOptions.Parse(storage);
        string device = await devices.FindBlockAsync(storage.Source, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(storage.MountPoint);
        Mounts.Mount(device, storage.MountPoint, storage.Fstype, options.Flags, options.Data);
        MountPointOwner.Apply(storage.MountPoint, options);
        return true;
    }
}
