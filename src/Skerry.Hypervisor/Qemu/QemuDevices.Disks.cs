using System.Text.Json;
using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <content>
/// Disks. QEMU opens no path: the device's descriptor is put into a set of QEMU's, and the block layer is told to open the set.
/// </content>
internal sealed partial class QemuDevices
{
    /// <inheritdoc cref="IVirtualMachine.PlugAsync(BlockDevice, CancellationToken)"/>
    internal async Task<string> PlugAsync(BlockDevice device, CancellationToken cancellationToken)
    {
        try
        {
            return QemuSlots.PciPath(await PlugAsync(
                QemuDisk.CardOf(device.Id),
                WhatDisk(device.Id),
                behind => AddBackendAsync(device, behind, cancellationToken),
                (json, bus) => QemuDisk.WriteCard(json, device, bus),
                cancellationToken).ConfigureAwait(false));
        }
        catch (HypervisorException refused) when (refused.Kind == FailureKind.FailedPrecondition && QemuDisk.HintFor(refused.Message) is { } hint)
        {
            var error = new HypervisorException(refused.Kind, refused.Message, hint);
            AddFailures(error, refused.CleanupFailures);
            throw error;
        }
    }

    /// <inheritdoc cref="IVirtualMachine.UnplugDiskAsync"/>
    internal Task UnplugDiskAsync(string id, CancellationToken cancellationToken) => UnplugAsync(QemuDisk.CardOf(id), WhatDisk(id), cancellationToken);

    private static string WhatDisk(string id) => $"disk \"{id}\"";

    private async Task AddBackendAsync(BlockDevice device, RollbackStack behind, CancellationToken cancellationToken)
    {
        long set = await AddDescriptorAsync(device).ConfigureAwait(false);
        behind.Push("close its descriptor", () => new ValueTask(ExecuteAsync("remove-fd", json => json.WriteNumber("fdset-id", set))));
        cancellationToken.ThrowIfCancellationRequested();
        await ExecuteAsync("blockdev-add", json => QemuDisk.WriteBackend(json, device, set)).ConfigureAwait(false);
        behind.Push("remove its backend", () => new ValueTask(ExecuteAsync("blockdev-del", json => json.WriteString("node-name", QemuDisk.NodeOf(device.Id)))));
    }

    /// <summary>Hands the descriptor over; QEMU numbers the set it is in.</summary>
    private async Task<long> AddDescriptorAsync(BlockDevice device)
    {
        JsonElement added = await ExecuteAsync("add-fd", json => json.WriteString("opaque", device.Id), device.Descriptor).ConfigureAwait(false);
        return added.ValueKind == JsonValueKind.Object && added.TryGetProperty("fdset-id", out JsonElement id) && id.TryGetInt64(out long set)
            ? set
            : throw new HypervisorException(FailureKind.Internal, "QEMU does not say where it put the descriptor of a disk");
    }
}
