using Skerry.Agent.Boot;
using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols.Agent;
using StorageRequest = Skerry.Protocols.Agent.Storage;

namespace Skerry.Agent.Storages;

/// <summary>What the host asks of mounted volumes.</summary>
internal sealed class Volumes(GuestPaths paths)
{
    /// <summary>Space and inodes of the file system at <paramref name="path"/>.</summary>
    /// <exception cref="SkerryException">NotFound when there is nothing.</exception>
    public static VolumeStatsResponse Statistics(string path)
    {
        FileSystemStat stat = FileSystems.Stat(path);
        ulong block = (ulong)stat.BlockSizeBytes;
        return new VolumeStatsResponse
        {
            VolumeCondition = new VolumeCondition { Abnormal = false, Message = "ok" },
            Usage =
            {
                new VolumeUsage
                {
                    Unit = VolumeUsage.Types.Unit.Bytes,
                    Total = stat.Blocks * block,
                    Available = stat.AvailableBytes,
                    Used = (stat.Blocks - stat.FreeBlocks) * block,
                },
                new VolumeUsage { Unit = VolumeUsage.Types.Unit.Inodes, Total = stat.Files, Available = stat.FreeFiles, Used = stat.Files - stat.FreeFiles },
            },
        };
    }

    /// <summary>Gives memory volumes their new size.</summary>
    public static void Remount(IEnumerable<StorageRequest> storages)
    {
        foreach (StorageRequest storage in storages.Where(s => s.Driver == "ephemeral"))
        {
            StorageOptions options = StorageOptions.Parse(storage);
            Mounts.Mount(storage.Source, storage.MountPoint, storage.Fstype, options.Flags | MountFlags.MS_REMOUNT, options.Data);
        }
    }

    /// <summary>Detaches mounts below the share whose source is gone on the host, so that the host can remove their mount points.</summary>
    public void RemoveStale()
    {
        foreach (string target in MountTable.TargetsUnder(paths.SharedContainers))
        {
            if (target != paths.SharedContainers && !Path.Exists(target))
            {
                Mounts.TryUnmount(target, UnmountFlags.MNT_DETACH | UnmountFlags.UMOUNT_NOFOLLOW, out _);
            }
        }
    }
}
