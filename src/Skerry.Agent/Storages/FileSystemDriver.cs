using Skerry.Linux;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>File systems whose source is a name the kernel knows: a virtio-fs tag, or an overlay's directories.</summary>
internal sealed class FileSystemDriver : IStorageDriver
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["virtio-fs", "overlayfs"];

    /// <inheritdoc/>
    public Task<bool> MountAsync(StorageRequest storage, CancellationToken cancellationToken)
    {
        StorageOptions options = StorageOptions.Parse(storage);
        string type = storage.Fstype.Length > 0 ? storage.Fstype : storage.Driver == "virtio-fs" ? "virtiofs" : "overlay";
        Directory.CreateDirectory(storage.MountPoint);
        Mounts.Mount(storage.Source, storage.MountPoint, type, options.Flags, options.Data);
        return Task.FromResult(true);
    }
}
