using System.Globalization;
using Skerry.Linux;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Network cards that come and go while the guest runs, each in one of the slots made for that at the start.</summary>
internal sealed partial class QemuMachine
{
    /// <inheritdoc/>
    public async Task PlugAsync(NetworkDevice device, CancellationToken cancellationToken)
    {
        await _plugging.WaitAsync(cancellationToken).ConfigureAwait(false);
        int slot = -1;
        try
        {
            slot = _slots.Take(device.Id, $"network card \"{device.Id}\"");
            await AddBackendAsync(device, cancellationToken).ConfigureAwait(false);
            await AddCardAsync(device, slot, cancellationToken).ConfigureAwait(false);
        }
        catch (HypervisorException)
        {
            _slots.Release(slot);
            throw;
        }
        finally
        {
            _plugging.Release();
        }
    }

    /// <inheritdoc/>
    public Task UnplugAsync(string id, CancellationToken cancellationToken) =>
        UnplugAsync(id, QemuNetwork.CardOf(id), $"network card \"{id}\"", () => RemoveAsync("netdev_del", id, CancellationToken.None), cancellationToken);

    private async Task AddBackendAsync(NetworkDevice device, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> queues = await PassAsync(device.Id + "-queue", device.Queues, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> vhost = await PassAsync(device.Id + "-vhost", device.VhostQueues, cancellationToken).ConfigureAwait(false);
        await _monitor.ExecuteAsync("netdev_add", s_commandTimeout, cancellationToken, json =>
        {
            json.WriteString("type", "tap");
            json.WriteString("id", device.Id);
            json.WriteString("fds", string.Join(':', queues));
            json.WriteBoolean("vhost", vhost.Count > 0);
            if (vhost.Count > 0)
            {
                json.WriteString("vhostfds", string.Join(':', vhost));
            }
        }).ConfigureAwait(false);
    }

    private async Task AddCardAsync(NetworkDevice device, int slot, CancellationToken cancellationToken)
    {
        try
        {
            await _monitor.ExecuteAsync("device_add", s_commandTimeout, cancellationToken, json =>
            {
                json.WriteString("driver", "virtio-net-pci");
                json.WriteString("id", QemuNetwork.CardOf(device.Id));
                json.WriteString("netdev", device.Id);
                json.WriteString("mac", device.Mac.ToString());
                json.WriteString("bus", QemuSlots.Name(slot));
                json.WriteString("romfile", string.Empty);
                if (device.Queues.Count > 1)
                {
                    json.WriteBoolean("mq", true);
                    json.WriteNumber("vectors", (2 * device.Queues.Count) + 2);
                }
            }).ConfigureAwait(false);
        }
        catch (HypervisorException error)
        {
            try
            {
                await RemoveAsync("netdev_del", device.Id, CancellationToken.None).ConfigureAwait(false);
            }
            catch (HypervisorException failure)
            {
                error.CleanupFailures.Add(failure);
            }

            throw;
        }
    }

    /// <summary>Hands descriptors to QEMU under names, which later commands use.</summary>
    private async Task<IReadOnlyList<string>> PassAsync(string prefix, IReadOnlyList<FileDescriptor> descriptors, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        foreach (FileDescriptor descriptor in descriptors)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{names.Count}");
            await _monitor.ExecuteAsync("getfd", s_commandTimeout, cancellationToken, json => json.WriteString("fdname", name), descriptor).ConfigureAwait(false);
            names.Add(name);
        }

        return names;
    }

    private Task<System.Text.Json.JsonElement> RemoveAsync(string command, string id, CancellationToken cancellationToken) =>
        _monitor.ExecuteAsync(command, s_commandTimeout, cancellationToken, json => json.WriteString("id", id));
}
