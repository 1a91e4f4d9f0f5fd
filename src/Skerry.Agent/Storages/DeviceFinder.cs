using Skerry.Core;
using Skerry.Linux;
using Skerry.Protocols;
using Skerry.Protocols.Ttrpc;

namespace Skerry.Agent.Storages;

/// <summary>Waits for block devices that the host names by device file or by place on the PCI bus.</summary>
internal sealed class DeviceFinder(TimeSpan limit, string sysfs = "/sys")
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    /// <summary>The device file of the block device <paramref name="source"/> names.</summary>
    /// <exception cref="SkerryException">
    /// InvalidArgument for another form; a <see cref="TtrpcException"/> with <see cref="AgentStatus.DeviceAbsent"/> when the device does not appear.
    /// </exception>
    public async Task<string> FindBlockAsync(string source, CancellationToken cancellationToken)
    {
        return await Polling.FindAsync(Finder(source), s_interval, limit, cancellationToken).ConfigureAwait(false) ?? throw new TtrpcException(
            AgentStatus.DeviceAbsent, $"block device \"{source}\" did not appear after {limit.TotalSeconds:0.#} s");
    }

    private Func<string?> Finder(string source)
    {
        if (source.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return () => IsReady(source) ? source : null;
        }

        return PciPath.TryParse(source, out PciPath path)
            ? () => FindByPciPath(path)
            : throw new SkerryException(FailureKind.InvalidArgument, $"\"{source}\" is no block device", "name a file in /dev, or a PCI path as in 02/01");
    }

    /// <summary>virtio-blk on PCI: BUS/…/DEVICE/virtioN/block/NAME.</summary>
    private string? FindByPciPath(PciPath path)
    {
        string? directory = path.FindDirectory($"{sysfs}/devices/pci0000:00");
        foreach (string virtio in directory is null ? [] : Directory.EnumerateDirectories(directory, "virtio*"))
        {
            string blocks = $"{virtio}/block";
            string? name = Directory.Exists(blocks) ? Directory.EnumerateDirectories(blocks).Select(Path.GetFileName).FirstOrDefault() : null;
            if (name is not null && IsReady($"/dev/{name}"))
            {
                return $"/dev/{name}";
            }
        }

        return null;
    }

    // The kernel makes a disk's file a little before the disk can be opened (device_add_disk, block/genhd.c).
    private static bool IsReady(string path)
    {
        using FileDescriptor? disk = FileDescriptor.TryOpen(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, 0, out Errno error);
        return disk is not null || error is not (Errno.ENOENT or Errno.ENXIO);
    }
}
