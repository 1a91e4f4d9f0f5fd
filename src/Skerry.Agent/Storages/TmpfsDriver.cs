using Skerry.Linux;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>Memory volumes: /dev/shm of the sandbox, memory emptyDirs, huge pages.</summary>
internal sealed class TmpfsDriver : IStorageDriver
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["ephemeral"];

    /// <inheritdoc/>
    public Task<bool> MountAsync(StorageRequest storage, CancellationToken cancellationToken)
    {
        StorageOptions options = StorageOptions.Parse(storage);
        string type = storage.Fstype.Length > 0 ? storage.Fstype : "tmpfs";
        if (type == "hugetlbfs")
        {
            HugePages.Reserve(storage);
        }

        Directory.CreateDirectory(storage.MountPoint);
        Mounts.Mount(storage.Source, storage.MountPoint, type, options.Flags, options.Data);
        MountPointOwner.Apply(storage.MountPoint, options);
        return Task.FromResult(true);
    }
}
