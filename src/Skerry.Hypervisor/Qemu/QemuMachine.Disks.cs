using System.Text.Json;
using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <summary>
/// Disks that come and go while the guest runs. QEMU opens no path: the device's descriptor is put into a set of QEMU's, and the block
/// layer is told to open the set.
/// </summary>
internal sealed partial class QemuMachine
{
    /// <inheritdoc/>
    public async Task<string> PlugAsync(BlockDevice device, CancellationToken cancellationToken)
    {
        await _plugging.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int slot = _slots.Take(device.Id, $"disk \"{device.Id}\"");
            var undo = new RollbackStack();
            undo.Push("free the slot", () => _slots.Release(slot));
            try
            {
                await AddDiskAsync(device, slot, undo, cancellationToken).ConfigureAwait(false);
                undo.Commit();
                return QemuSlots.PciPath(slot);
            }
            catch (Exception error)
            {
                IReadOnlyList<Exception> failures = await undo.RollBackAsync().ConfigureAwait(false);
                foreach (Exception failure in failures)
                {
                    (error as SkerryException)?.CleanupFailures.Add(failure);
                }

                throw;
            }
        }
        finally
        {
            _plugging.Release();
        }
    }

    /// <inheritdoc/>
    public Task UnplugDiskAsync(string id, CancellationToken cancellationToken) => UnplugAsync(id, QemuDisk.CardOf(id), $"disk \"{id}\"", () => RemoveDiskAsync(id), cancellationToken);

    private async Task AddDiskAsync(BlockDevice device, int slot, RollbackStack undo, CancellationToken cancellationToken)
    {
        long set = await AddDescriptorAsync(device, cancellationToken).ConfigureAwait(false);
        undo.Push("close its descriptor", () => new ValueTask(CloseSetAsync(set)));
        await ExecuteDiskAsync("blockdev-add", json => QemuDisk.WriteBackend(json, device, set), cancellationToken).ConfigureAwait(false);
        undo.Push("remove its backend", () => new ValueTask(RemoveNodeAsync(device.Id)));
        await ExecuteDiskAsync("device_add", json => QemuDisk.WriteCard(json, device, QemuSlots.Name(slot)), cancellationToken).ConfigureAwait(false);
        lock (_descriptorSets)
        {
            _descriptorSets[device.Id] = set;
        }
    }

    private async Task ExecuteDiskAsync(string command, Action<Utf8JsonWriter> arguments, CancellationToken cancellationToken)
    {
        try
        {
            await _monitor.ExecuteAsync(command, s_commandTimeout, cancellationToken, arguments).ConfigureAwait(false);
        }
        catch (HypervisorException refused) when (refused.Kind == FailureKind.FailedPrecondition && QemuDisk.HintFor(refused.Message) is { } hint)
        {
            throw new HypervisorException(refused.Kind, refused.Message, hint);
        }
    }

    /// <summary>Hands the descriptor over; QEMU numbers the set it is in.</summary>
    private async Task<long> AddDescriptorAsync(BlockDevice device, CancellationToken cancellationToken)
    {
        JsonElement added = await _monitor.ExecuteAsync(
            "add-fd", s_commandTimeout, cancellationToken, json => json.WriteString("opaque", device.Id), device.Descriptor).ConfigureAwait(false);
        return added.ValueKind == JsonValueKind.Object && added.TryGetProperty("fdset-id", out JsonElement id) && id.TryGetInt64(out long set)
            ? set
            : throw new HypervisorException(FailureKind.Internal, "QEMU does not say where it put the descriptor of a disk");
    }

    private async Task RemoveDiskAsync(string id)
    {
        await RemoveNodeAsync(id).ConfigureAwait(false);
        long set;
        lock (_descriptorSets)
        {
            _descriptorSets.Remove(id, out set);
        }

        await CloseSetAsync(set).ConfigureAwait(false);
    }

    private Task<JsonElement> RemoveNodeAsync(string id) =>
        _monitor.ExecuteAsync("blockdev-del", s_commandTimeout, CancellationToken.None, json => json.WriteString("node-name", QemuDisk.NodeOf(id)));

    private Task<JsonElement> CloseSetAsync(long set) =>
        _monitor.ExecuteAsync("remove-fd", s_commandTimeout, CancellationToken.None, json => json.WriteNumber("fdset-id", set));
}
