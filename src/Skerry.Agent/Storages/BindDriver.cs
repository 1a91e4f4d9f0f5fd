using Skerry.Linux;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>A file or directory of the guest shown at a second place.</summary>
internal sealed class BindDriver : IStorageDriver
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = ["bind"];

    /// <inheritdoc/>
    public Task<bool> MountAsync(StorageRequest storage, CancellationToken cancellationToken)
    {
        StorageOptions options = StorageOptions.Parse(storage);
        MakeMountPoint(storage);
        Mounts.Bind(storage.Source, storage.MountPoint, recursive: options.Flags.HasFlag(MountFlags.MS_REC));
        MountFlags restrictions = options.Flags & ~(MountFlags.MS_BIND | MountFlags.MS_REC);
        if (restrictions != MountFlags.None)
        {
            Mounts.RemountBind(storage.MountPoint, restrictions);
        }

        if (options.Propagation != MountFlags.None)
        {
            Mounts.SetPropagation(storage.MountPoint, options.Propagation);
        }

        return Task.FromResult(true);
    }

    private static void MakeMountPoint(StorageRequest storage)
    {
        if (Directory.Exists(storage.Source))
        {
            Directory.CreateDirectory(storage.MountPoint);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(storage.MountPoint) ?? "/");
        using FileDescriptor file = FileDescriptor.Open(storage.MountPoint, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_NOFOLLOW);
    }
}
