using System.Globalization;
using Skerry.Config;
using Skerry.Core;
using Skerry.Hypervisor;

namespace Skerry.Sandbox;

/// <summary>The disks of one running machine: each block device of the host is plugged once, however many containers have it.</summary>
/// <remarks>Thread-safe; one disk comes or goes at a time.</remarks>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for has nothing to dispose.
internal sealed class SandboxDisks(IVirtualMachine machine, HypervisorConfig config, Func<RequestedDisk, HostDisk>? open = null)
#pragma warning restore CA1001
{
    private readonly Dictionary<DeviceNumber, PluggedDisk> _plugged = [];
    private readonly Func<RequestedDisk, HostDisk> _open = open ?? (disk => HostDisk.Open(disk));
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _names;

    /// <summary>The guest did not find a disk that was plugged: it is not waited for when one is taken away.</summary>
    internal bool GuestIsBlind { get; set; }

    /// <summary>Plugs what <paramref name="disk"/> asks for, or counts one more user of it.</summary>
    /// <returns>The guest's name for it: its PCI path.</returns>
    /// <exception cref="SkerryException">The device is missing or no block device; no slot is free; the VMM refuses; it is plugged for reading only.</exception>
    internal async Task<string> PlugAsync(RequestedDisk disk, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_plugged.TryGetValue(disk.Number, out PluggedDisk? plugged))
            {
                plugged = await PlugFirstAsync(disk, cancellationToken).ConfigureAwait(false);
                _plugged.Add(disk.Number, plugged);
            }

            RequireAccess(disk, plugged);
            plugged.Users++;
            return plugged.PciPath;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Counts one user less; with the last one the disk leaves the machine, once the guest has let go of it.</summary>
    /// <exception cref="SkerryException">The guest keeps it, or the VMM refuses.</exception>
    internal async ValueTask ReleaseAsync(RequestedDisk disk)
    {
        await _turn.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (_plugged.TryGetValue(disk.Number, out PluggedDisk? plugged) && --plugged.Users == 0)
            {
                _plugged.Remove(disk.Number);
                await UnplugAsync(plugged).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<PluggedDisk> PlugFirstAsync(RequestedDisk disk, CancellationToken cancellationToken)
    {
        using HostDisk host = _open(disk);
        string id = string.Create(CultureInfo.InvariantCulture, $"disk{_names++}");
        try
        {
            string path = await machine.PlugAsync(Describe(id, host), cancellationToken).ConfigureAwait(false);
            return new PluggedDisk(id, path, disk.Writable);
        }
        catch (HypervisorException error)
        {
            throw new SkerryException(error.Kind, $"cannot plug \"{host.Name}\" ({disk.Number}) into the machine as \"{disk.Path}\"", error.Hint, error);
        }
    }

    private BlockDevice Describe(string id, HostDisk host) => new()
    {
        Id = id,
        Descriptor = host.Descriptor,
        ReadOnly = host.IsReadOnly,
        LogicalSectorBytes = config.BlockDeviceLogicalSectorSize > 0 ? config.BlockDeviceLogicalSectorSize : host.Geometry.LogicalSectorBytes,
        PhysicalSectorBytes = config.BlockDevicePhysicalSectorSize > 0 ? config.BlockDevicePhysicalSectorSize : host.Geometry.PhysicalSectorBytes,
        Aio = config.BlockDeviceAio,
        CacheDirect = config.BlockDeviceCacheSet && config.BlockDeviceCacheDirect,
        CacheNoFlush = config.BlockDeviceCacheSet && config.BlockDeviceCacheNoflush,
        Queues = config.BlockDeviceNumQueues,
        QueueSize = config.BlockDeviceQueueSize,
    };

    /// <summary>A machine that ends takes its disks along; a guest that does not see them come will not let them go.</summary>
    private async Task UnplugAsync(PluggedDisk plugged)
    {
        try
        {
            if (!machine.Exited.IsCompleted && !GuestIsBlind)
            {
                await machine.UnplugDiskAsync(plugged.Id, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (HypervisorException error) when (error.Kind == FailureKind.Unavailable)
        {
            // Nothing holds the host's device any more.
        }
    }

    /// <summary>Plugged a second time it would have two caches in the guest that know nothing of each other.</summary>
    private static void RequireAccess(RequestedDisk disk, PluggedDisk plugged)
    {
        if (disk.Writable && !plugged.Writable)
        {
            throw new SkerryException(
                FailureKind.FailedPrecondition,
                $"block device {disk.Number} of the host is to be writable as \"{disk.Path}\", but another container of the sandbox has it for reading only, which decides for the machine",
                "let all containers of the sandbox have it with the same access");
        }
    }

    private sealed record PluggedDisk(string Id, string PciPath, bool Writable)
    {
        internal int Users { get; set; }
    }
}
