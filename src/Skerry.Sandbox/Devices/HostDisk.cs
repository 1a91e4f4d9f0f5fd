using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Sandbox;

/// <summary>A block device of the host, open. Its file is found by its number: what a spec names is a path of the container.</summary>
internal sealed class HostDisk : IDisposable
{
    internal HostDisk(string name, FileDescriptor descriptor, BlockGeometry geometry, bool readOnly)
    {
        Name = name;
        Descriptor = descriptor;
        Geometry = geometry;
        IsReadOnly = readOnly;
    }

    /// <summary>Its file on the host.</summary>
    internal string Name { get; }

    /// <summary>The open device.</summary>
    internal FileDescriptor Descriptor { get; }

    /// <summary>Its size and sectors.</summary>
    internal BlockGeometry Geometry { get; }

    /// <summary>True when it was opened for reading only.</summary>
    internal bool IsReadOnly { get; }

    /// <summary>Opens what <paramref name="disk"/> asks for; for reading only when it, or the host, allows no more.</summary>
    /// <exception cref="SkerryException">NotFound for a device that is not there or has no medium; InvalidArgument for what is no block device; HostDenied.</exception>
    internal static HostDisk Open(RequestedDisk disk, string sysfs = "/sys", string devices = "/dev")
    {
        string path = FileOf(disk, sysfs, devices);
        if (!Attributes.TryStatus(path, followLinks: true, out FileStatus status, out Errno error))
        {
            throw Missing(disk, $"\"{path}\": {SyscallException.TextOf(error)}");
        }

        if (status.Type != FileModes.S_IFBLK || status.DeviceNode != ((uint)disk.Number.Major, (uint)disk.Number.Minor))
        {
            throw new SkerryException(
                FailureKind.InvalidArgument,
                $"\"{disk.Path}\" stands for block device {disk.Number} of the host, but \"{path}\" is not that device",
                "name a block device; for a file use a volume, or bind it to one with losetup");
        }

        return Open(path, disk);
    }

    /// <inheritdoc/>
    public void Dispose() => Descriptor.Dispose();

    private static HostDisk Open(string path, RequestedDisk disk)
    {
        (FileDescriptor descriptor, bool readOnly) = OpenFile(path, disk);
        try
        {
            BlockGeometry geometry = BlockDevices.Read(descriptor, path);
            if (geometry.SizeBytes == 0)
            {
                throw Missing(disk, $"\"{path}\" has no medium, or is bound to nothing");
            }

            // A device that the kernel marks read-only can be opened for writing where CAP_SYS_ADMIN waves it through.
            return new HostDisk(path, geometry.ReadOnly && !readOnly ? Reopen(descriptor, path) : descriptor, geometry, readOnly || geometry.ReadOnly);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static FileDescriptor Reopen(FileDescriptor writable, string path)
    {
        writable.Dispose();
        return FileDescriptor.Open(path, OpenFlags.O_RDONLY);
    }

    private static (FileDescriptor Descriptor, bool ReadOnly) OpenFile(string path, RequestedDisk disk)
    {
        if (!disk.Writable)
        {
            return (FileDescriptor.Open(path, OpenFlags.O_RDONLY), true);
        }

        FileDescriptor? writable = FileDescriptor.TryOpen(path, OpenFlags.O_RDWR, mode: 0, out Errno error);
        return (writable, error) switch
        {
            (not null, _) => (writable, false),
            (null, Errno.EACCES or Errno.EROFS) => (FileDescriptor.Open(path, OpenFlags.O_RDONLY), true),
            (null, Errno.ENXIO or Errno.ENODEV or Errno.ENOMEDIUM) => throw Missing(disk, $"\"{path}\": {SyscallException.TextOf(error)}"),
            _ => throw new SyscallException("open", $"\"{path}\"", error),
        };
    }

    /// <summary>The kernel says under which name it made the device's file.</summary>
    private static string FileOf(RequestedDisk disk, string sysfs, string devices)
    {
        const string key = "DEVNAME=";
        string events = $"{sysfs}/dev/block/{disk.Number}/uevent";
        try
        {
            string? name = File.ReadLines(events).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
            return name is not null ? $"{devices}/{name[key.Length..]}" : throw Missing(disk, $"\"{events}\" does not name its file");
        }
        catch (IOException cause)
        {
            throw Missing(disk, $"there is no \"{sysfs}/dev/block/{disk.Number}\"", cause);
        }
    }

    private static SkerryException Missing(RequestedDisk disk, string why, Exception? cause = null) => new(
        FailureKind.NotFound,
        $"block device {disk.Number} of the host, which the container is to have as \"{disk.Path}\", is not there: {why}",
        "attach it to this host again, or take it out of the container",
        cause);
}
