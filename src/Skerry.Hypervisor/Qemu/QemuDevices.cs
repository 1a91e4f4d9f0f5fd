using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Skerry.Core;
using Skerry.Hypervisor.Qmp;
using Skerry.Linux;

namespace Skerry.Hypervisor.Qemu;

/// <summary>Network cards and disks that come and go while the guest runs, one at a time, each in one of the slots made for that at the start.</summary>
/// <remarks>
/// taken ──device_add──▶ plugged ──DEVICE_DELETED──▶ free. A slot belongs to its device for as long as QEMU has the device, which the guest
/// decides: whoever asked it to let go, and however late it does, what was behind the device goes then and the slot is free. A command that
/// is on its way is waited for, not cancelled, so that what QEMU has is known.
/// </remarks>
internal sealed partial class QemuDevices(MachineConfig config, QmpSession monitor, Task exited, Func<string> quoteConsole, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, PluggedDevice> _devices = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly QemuSlots _slots = new(config.MachineType, config.HotPlugSlots);

    /// <summary>Slots without a device.</summary>
    internal int FreeSlots => _slots.Free;

    /// <summary>How long QEMU may take for a command.</summary>
    internal TimeSpan CommandLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A guest whose kernel knows the machine's buttons only waits five seconds before it lets go; a loaded one takes its time.</summary>
    internal TimeSpan UnplugLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Takes note of what QEMU says about a device; called on the monitor's loop.</summary>
    internal void OnEvent(QmpEvent happened)
    {
        if (happened.Name == "DEVICE_DELETED" && _devices.TryGetValue(happened.Text("device"), out PluggedDevice? device))
        {
            device.MarkGone();
        }
    }

    private async Task<int> PlugAsync(
        string card, string what, Func<RollbackStack, Task> addBackend, Action<Utf8JsonWriter, string> writeCard, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            PluggedDevice device = Register(card, what);
            try
            {
                await addBackend(device.Behind).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                device.MayExist = true;
                await ExecuteAsync("device_add", json => writeCard(json, QemuSlots.Name(device.Slot))).ConfigureAwait(false);
                return device.Slot;
            }
            catch (Exception error)
            {
                await WithdrawAsync(device, error).ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private PluggedDevice Register(string card, string what)
    {
        if (_devices.TryGetValue(card, out PluggedDevice? known) && !known.Freed.IsCompleted)
        {
            throw new HypervisorException(FailureKind.AlreadyExists, $"the machine has {what} already");
        }

        var device = new PluggedDevice(card, what, _slots.Take(what));
        device.Freed = FreeAsync(device);
        _devices[card] = device;
        return device;
    }

    private async Task<IReadOnlyList<Exception>> FreeAsync(PluggedDevice device)
    {
        await device.Gone.ConfigureAwait(false);
        IReadOnlyList<Exception> failures = await device.Behind.RollBackAsync().ConfigureAwait(false);
        _slots.Release(device.Slot);
        Log.SlotFreed(logger, config.Id.Value, device.Slot, device.What);
        return failures;
    }

    /// <summary>Undoes a plugging that failed. A device that QEMU may have made all the same is to go; until it has, its slot stays taken.</summary>
    private async Task WithdrawAsync(PluggedDevice device, Exception error)
    {
        if (device.MayExist && ErrorReport.KindOf(error) == FailureKind.TimedOut && await MayBeLeavingAsync(device).ConfigureAwait(false))
        {
            return;
        }

        device.MarkGone();
        AddFailures(error, await device.Freed.ConfigureAwait(false));
    }

    /// <summary>Commands are done in their order: after a device_add without an answer, this one is refused when there is no device.</summary>
    private async Task<bool> MayBeLeavingAsync(PluggedDevice device)
    {
        try
        {
            device.IsAskedFor = true;
            await RemoveAsync("device_del", device.Card).ConfigureAwait(false);
            return true;
        }
        catch (HypervisorException error)
        {
            return error.Kind == FailureKind.TimedOut;
        }
    }

    /// <summary>Asks the guest to let go of a device, and waits until it has and what was behind it is gone, too.</summary>
    private async Task UnplugAsync(string card, string what, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            PluggedDevice device = _devices.TryGetValue(card, out PluggedDevice? known) ? known : throw new HypervisorException(
                FailureKind.FailedPrecondition, $"the machine has no {what} that came while it ran");
            await AskForAsync(device).ConfigureAwait(false);
            await Task.WhenAny(device.Freed, exited).WaitAsync(UnplugLimit, cancellationToken).ConfigureAwait(false);
            RequireFreed(device);
        }
        catch (TimeoutException cause)
        {
            throw new HypervisorException(
                FailureKind.TimedOut,
                $"the guest did not let go of {what} within {UnplugLimit.TotalSeconds} s{quoteConsole()}",
                "something in the guest may still use it, or its kernel lacks PCI hot-plug; its slot is free again when the guest does let go",
                cause);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>QEMU refuses to ask again while it waits for the guest, and when the device is gone already: both are what was asked for.</summary>
    private async Task AskForAsync(PluggedDevice device)
    {
        if (device.Gone.IsCompleted)
        {
            return;
        }

        try
        {
            await RemoveAsync("device_del", device.Card).ConfigureAwait(false);
            device.IsAskedFor = true;
        }
        catch (HypervisorException refused) when (refused.Kind == FailureKind.FailedPrecondition && (device.IsAskedFor || device.Gone.IsCompleted))
        {
            // It is on its way.
        }
    }

    private void RequireFreed(PluggedDevice device)
    {
        if (!device.Freed.IsCompletedSuccessfully)
        {
            return; // The machine has ended.
        }

        _devices.TryRemove(KeyValuePair.Create(device.Card, device));
        if (device.Freed.Result is [Exception first, ..] && !exited.IsCompleted)
        {
            throw new HypervisorException(ErrorReport.KindOf(first), $"the guest let go of {device.What}, but the VMM keeps what was behind it", cause: first);
        }
    }

    private Task<JsonElement> RemoveAsync(string command, string id) => ExecuteAsync(command, json => json.WriteString("id", id));

    private Task<JsonElement> ExecuteAsync(string command, Action<Utf8JsonWriter> arguments, FileDescriptor? descriptor = null) =>
        monitor.ExecuteAsync(command, CommandLimit, CancellationToken.None, arguments, descriptor);

    private static void AddFailures(Exception error, IEnumerable<Exception> failures)
    {
        foreach (Exception failure in failures)
        {
            (error as SkerryException)?.CleanupFailures.Add(failure);
        }
    }
}
