namespace Skerry.Hypervisor.Qemu;

/// <content>Devices that come and go while the guest runs.</content>
internal sealed partial class QemuMachine
{
    /// <inheritdoc/>
    public int Slots => _config.HotPlugSlots;

    /// <inheritdoc/>
    public int FreeSlots => _devices!.FreeSlots;

    /// <inheritdoc/>
    public Task PlugAsync(NetworkDevice device, CancellationToken cancellationToken) => _devices!.PlugAsync(device, cancellationToken);

    /// <inheritdoc/>
    public Task UnplugAsync(string id, CancellationToken cancellationToken) => _devices!.UnplugAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task<string> PlugAsync(BlockDevice device, CancellationToken cancellationToken) => _devices!.PlugAsync(device, cancellationToken);

    /// <inheritdoc/>
    public Task UnplugDiskAsync(string id, CancellationToken cancellationToken) => _devices!.UnplugDiskAsync(id, cancellationToken);
}
