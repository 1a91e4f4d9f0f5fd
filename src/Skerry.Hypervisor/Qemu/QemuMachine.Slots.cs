using System.Collections.Concurrent;
using Skerry.Core;
using Skerry.Hypervisor.Qmp;

namespace Skerry.Hypervisor.Qemu;

/// <summary>What network cards and disks share: the slots they are plugged into, one at a time, and how the guest lets go of one.</summary>
internal sealed partial class QemuMachine
{
    /// <summary>A guest whose kernel knows the machine's buttons only waits five seconds before it lets go; a loaded one takes its time.</summary>
    private static readonly TimeSpan s_unplugLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _unplugging = new();
    private readonly SemaphoreSlim _plugging = new(1, 1);
    private readonly Dictionary<string, long> _descriptorSets = [];
    private readonly QemuSlots _slots;

    /// <inheritdoc/>
    public int Slots => _config.HotPlugSlots;

    /// <inheritdoc/>
    public int FreeSlots => _slots.Free;

    /// <summary>Asks the guest to let go of a device, and then takes away what was behind it. Until the guest has, its slot stays taken.</summary>
    private async Task UnplugAsync(string id, string card, string what, Func<Task> removeBackend, CancellationToken cancellationToken)
    {
        await _plugging.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            TaskCompletionSource gone = _unplugging.GetOrAdd(card, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            await RemoveAsync("device_del", card, cancellationToken).ConfigureAwait(false);
            await Task.WhenAny(gone.Task, Exited).WaitAsync(s_unplugLimit, cancellationToken).ConfigureAwait(false);
            if (Exited.IsCompleted)
            {
                return;
            }

            await removeBackend().ConfigureAwait(false);
            _slots.Release(_slots.Of(id));
        }
        catch (TimeoutException cause)
        {
            throw new HypervisorException(
                FailureKind.TimedOut,
                $"the guest did not let go of {what} within {s_unplugLimit.TotalSeconds} s{Quote(ConsoleTail(KeptConsoleBytes))}",
                "something in the guest may still use it, or its kernel lacks PCI hot-plug",
                cause);
        }
        finally
        {
            _unplugging.TryRemove(card, out _);
            _plugging.Release();
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
