using System.Globalization;
using System.Text.Json;
using Skerry.Core;
using Skerry.Hypervisor.Qmp;

namespace Skerry.Hypervisor.Qemu;

/// <summary>
/// Processors and memory that are plugged into a running QEMU. QEMU adds a device at once; whether the guest's kernel has taken it, it
/// tells by ACPI's _OST, which QEMU hands on as an event.
/// </summary>
internal sealed partial class QemuResources(MachineConfig config, QmpSession monitor, TimeSpan guestLimit) : IMachineResources, IDisposable
{
    /// <summary>How long a guest may take for a device; a busy host makes it slow, and a kernel without hot-plug never answers.</summary>
    internal static readonly TimeSpan DefaultGuestLimit = TimeSpan.FromSeconds(20);

    private const long DeviceCheck = 1; // ACPI 6.4, table 5.185: what the guest was notified of, when something was plugged.
    private static readonly PluggedKind s_processor = new("cpu", "processor", "CONFIG_ACPI_HOTPLUG_CPU");
    private static readonly PluggedKind s_memory = new("dimm", "memory", "CONFIG_ACPI_HOTPLUG_MEMORY");
    private static readonly TimeSpan s_commandTimeout = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<long>> _untaken = [];
    private volatile int _plugged;
    private volatile uint _addedMiB;
    private volatile int _modules;
    private volatile LeavingDevice _leaving = new(string.Empty);

    /// <inheritdoc/>
    public int Vcpus => config.Vcpus + _plugged;

    /// <inheritdoc/>
    public uint MemoryMiB => config.MemoryMiB + _addedMiB;

    /// <inheritdoc/>
    public int UsedMemorySlots => _modules;

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <inheritdoc/>
    public async Task PlugVcpusAsync(int total, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await AwaitTakenAsync(s_processor, cancellationToken).ConfigureAwait(false);
            if (total <= Vcpus)
            {
                return;
            }

            foreach (HotPluggableCpu cpu in (await FreeCpusAsync(cancellationToken).ConfigureAwait(false)).Take(total - Vcpus))
            {
                await PlugAsync(cpu, cancellationToken).ConfigureAwait(false);
            }

            if (Vcpus < total)
            {
                throw new HypervisorException(
                    FailureKind.ResourceExhausted, $"the machine cannot have {total} processors, at most {Vcpus}", "raise default_maxvcpus; microvm takes none after its start");
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> VcpuThreadsAsync(CancellationToken cancellationToken)
    {
        JsonElement cpus = await monitor.ExecuteAsync("query-cpus-fast", s_commandTimeout, cancellationToken).ConfigureAwait(false);
        return [.. cpus.EnumerateArray().OrderBy(cpu => cpu.GetProperty("cpu-index").GetInt32()).Select(cpu => cpu.GetProperty("thread-id").GetInt32())];
    }

    /// <summary>Takes note of what the guest says about a device; called on the monitor's loop.</summary>
    internal void OnEvent(QmpEvent happened)
    {
        if (happened.Name == "DEVICE_DELETED" && happened.Text("device") is { Length: > 0 } gone && gone == _leaving.Id)
        {
            _leaving.Gone.TrySetResult();
            return;
        }

        QmpEvent info = happened.Inside("info");
        if (happened.Name != "ACPI_DEVICE_OST" || info.Number("source") != DeviceCheck)
        {
            return;
        }

        lock (_lock)
        {
            if (_untaken.TryGetValue(info.Text("device"), out TaskCompletionSource<long>? taken))
            {
                taken.TrySetResult(info.Number("status"));
            }
        }
    }

    private async Task<IEnumerable<HotPluggableCpu>> FreeCpusAsync(CancellationToken cancellationToken) =>
        HotPluggableCpu.Free(await monitor.ExecuteAsync("query-hotpluggable-cpus", s_commandTimeout, cancellationToken).ConfigureAwait(false));

    private async Task PlugAsync(HotPluggableCpu cpu, CancellationToken cancellationToken)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"cpu{Vcpus}");
        await AddDeviceAsync(id, json => cpu.Write(json, id), cancellationToken).ConfigureAwait(false);
        _plugged++;
        await AwaitTakenAsync(s_processor, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds a device of which the guest is to say that it took it.</summary>
    private async Task AddDeviceAsync(string id, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _untaken[id] = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            await monitor.ExecuteAsync("device_add", s_commandTimeout, cancellationToken, write).ConfigureAwait(false);
        }
        catch
        {
            Settle(id);
            throw;
        }
    }

    /// <summary>
    /// Waits for the guest to take what was added to the machine, now or by a call before that was not waited for to the end: a device
    /// that the guest did not take stays, since only the guest could let it go, and the next call gives it another chance.
    /// </summary>
    private async Task AwaitTakenAsync(PluggedKind kind, CancellationToken cancellationToken)
    {
        foreach ((string id, Task<long> taken) in Untaken(kind))
        {
            try
            {
                if (await taken.WaitAsync(guestLimit, cancellationToken).ConfigureAwait(false) is not 0 and long status)
                {
                    throw new HypervisorException(
                        FailureKind.FailedPrecondition, $"the guest's kernel refuses the {kind.What} that was plugged (\"{id}\", _OST status {status})", "its console may tell why");
                }
            }
            catch (TimeoutException cause)
            {
                throw new HypervisorException(
                    FailureKind.TimedOut,
                    $"the guest's kernel did not take the {kind.What} that was plugged (\"{id}\") within {guestLimit.TotalSeconds:0.#} s, for which it needs {kind.Option}",
                    "boot another guest kernel, or set static_sandbox_resource_mgmt = true, which plugs nothing",
                    cause);
            }

            Settle(id);
        }
    }

    private (string Id, Task<long> Taken)[] Untaken(PluggedKind kind)
    {
        lock (_lock)
        {
            return [.. _untaken.Where(each => each.Key.StartsWith(kind.Prefix, StringComparison.Ordinal)).Select(each => (each.Key, each.Value.Task))];
        }
    }

    private void Settle(string id)
    {
        lock (_lock)
        {
            _untaken.Remove(id);
        }
    }

    /// <summary>A device of which the guest has to let go.</summary>
    private sealed record LeavingDevice(string Id)
    {
        internal TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>What can be plugged: the beginning of its devices' names, the word for it, and what the guest's kernel needs for it.</summary>
    private sealed record PluggedKind(string Prefix, string What, string Option);
}
