using System.Collections.Concurrent;
using System.Globalization;
using Skerry.Core;
using Skerry.Hypervisor.Qmp;
using Skerry.Linux;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Network cards that come and go while the guest runs, each in one of the slots made for that at the start.</summary>
internal sealed partial class QemuMachine
{
    private static readonly TimeSpan s_unplugLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _unplugging = new();
    private readonly SemaphoreSlim _plugging = new(1, 1);
    private readonly Dictionary<int, string> _usedSlots = [];

    /// <inheritdoc/>
    public int FreeSlots
    {
        get
        {
            lock (_usedSlots)
            {
                return _config.HotPlugSlots - _usedSlots.Count;
            }
        }
    }

    /// <inheritdoc/>
    public async Task PlugAsync(NetworkDevice device, CancellationToken cancellationToken)
    {
        await _plugging.WaitAsync(cancellationToken).ConfigureAwait(false);
        int slot = -1;
        try
        {
            slot = TakeSlot(device.Id);
            await AddBackendAsync(device, cancellationToken).ConfigureAwait(false);
            await AddCardAsync(device, slot, cancellationToken).ConfigureAwait(false);
        }
        catch (HypervisorException)
        {
            FreeSlot(slot);
            throw;
        }
        finally
        {
            _plugging.Release();
        }
    }

    /// <inheritdoc/>
    public async Task UnplugAsync(string id, CancellationToken cancellationToken)
    {
        await _plugging.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            TaskCompletionSource gone = _unplugging.GetOrAdd(QemuNetwork.CardOf(id), _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            await RemoveAsync("device_del", QemuNetwork.CardOf(id), cancellationToken).ConfigureAwait(false);
            await gone.Task.WaitAsync(s_unplugLimit, cancellationToken).ConfigureAwait(false);
            await RemoveAsync("netdev_del", id, cancellationToken).ConfigureAwait(false);
            FreeSlot(SlotOf(id));
        }
        catch (TimeoutException cause)
        {
            throw new HypervisorException(
                FailureKind.TimedOut, $"the guest did not let go of network card \"{id}\" within {s_unplugLimit.TotalSeconds} s", "its kernel may lack PCI hot-plug", cause);
        }
        finally
        {
            _unplugging.TryRemove(QemuNetwork.CardOf(id), out _);
            _plugging.Release();
        }
    }

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
                json.WriteString("bus", QemuNetwork.SlotName(slot));
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

    private int TakeSlot(string id)
    {
        lock (_usedSlots)
        {
            int slot = Enumerable.Range(0, _config.HotPlugSlots).FirstOrDefault(each => !_usedSlots.ContainsKey(each), -1);
            if (slot < 0)
            {
                throw new HypervisorException(
                    FailureKind.ResourceExhausted,
                    $"the machine ({_config.MachineType}) has no free slot for network card \"{id}\"; {_config.HotPlugSlots} were made",
                    "set machine_type = \"q35\" in the configuration; microvm takes no device after its start");
            }

            _usedSlots[slot] = id;
            return slot;
        }
    }

    private int SlotOf(string id)
    {
        lock (_usedSlots)
        {
            return _usedSlots.FirstOrDefault(pair => pair.Value == id, new KeyValuePair<int, string>(-1, id)).Key;
        }
    }

    private void FreeSlot(int slot)
    {
        lock (_usedSlots)
        {
            _usedSlots.Remove(slot);
        }
    }

    private void OnDeviceDeleted(QmpEvent happened)
    {
        if (happened.Name == "DEVICE_DELETED" && _unplugging.TryGetValue(happened.Text("device"), out TaskCompletionSource? gone))
        {
            gone.TrySetResult();
        }
    }
}
