using System.Globalization;
using System.Text.Json;
using Skerry.Core;

namespace Skerry.Hypervisor.Qemu;

/// <content>Memory: modules in slots, or one virtio-mem device.</content>
internal sealed partial class QemuResources
{
    /// <summary>
    /// The guest keeps account of new memory in what it has, 64 bytes for each 4 KiB: it can take so many times as much in one step
    /// and keep a quarter for itself.
    /// </summary>
    private const uint LargestStep = 48;

    private static readonly TimeSpan s_lookInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a guest is waited for that gives memory back; it goes on with that by itself.</summary>
    private static readonly TimeSpan s_shrinkLimit = TimeSpan.FromSeconds(3);

    private readonly Stack<uint> _moduleSizes = [];

    /// <inheritdoc/>
    public async Task ResizeMemoryAsync(uint totalMiB, uint blockMiB, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await (config.VirtioMem && QemuMemory.CanGrow(config)
                ? ResizeVirtioMemAsync(totalMiB, cancellationToken)
                : PlugModulesAsync(totalMiB, blockMiB, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task TakeMemoryBackAsync(uint totalMiB, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_moduleSizes.TryPeek(out uint size) && MemoryMiB - size >= totalMiB)
            {
                await UnplugModuleAsync(size, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task UnplugModuleAsync(uint size, CancellationToken cancellationToken)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"dimm{_modules - 1}");
        var leaving = new LeavingDevice(id);
        _leaving = leaving;
        await monitor.ExecuteAsync("device_del", s_commandTimeout, cancellationToken, json => json.WriteString("id", id)).ConfigureAwait(false);
        try
        {
            await leaving.Gone.Task.WaitAsync(guestLimit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException cause)
        {
            throw new HypervisorException(FailureKind.TimedOut, $"the guest did not let go of memory module \"{id}\" within {guestLimit.TotalSeconds:0.#} s", cause: cause);
        }

        _moduleSizes.Pop();
        _modules--;
        _addedMiB -= size;
        Settle(id);
        await monitor.ExecuteAsync("object-del", s_commandTimeout, cancellationToken, json => json.WriteString("id", $"{id}-memory")).ConfigureAwait(false);
    }

    private async Task PlugModulesAsync(uint totalMiB, uint blockMiB, CancellationToken cancellationToken)
    {
        await AwaitTakenAsync(s_memory, cancellationToken).ConfigureAwait(false);
        while (totalMiB > MemoryMiB)
        {
            ulong largest = Math.Max(blockMiB, (ulong)MemoryMiB * LargestStep / blockMiB * blockMiB);
            await PlugModuleAsync((uint)Math.Min(totalMiB - MemoryMiB, largest), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PlugModuleAsync(uint sizeMiB, CancellationToken cancellationToken)
    {
        if (_modules >= config.MemorySlots || !QemuMemory.CanGrow(config))
        {
            int slots = QemuMemory.CanGrow(config) ? config.MemorySlots : 0;
            throw new HypervisorException(
                FailureKind.ResourceExhausted,
                $"the machine ({config.MachineType}) has no free slot for {sizeMiB} MiB of memory: {_modules} of {slots} are used (memory_slots)",
                "raise memory_slots, or set enable_virtio_mem = true, which needs none");
        }

        string id = string.Create(CultureInfo.InvariantCulture, $"dimm{_modules}");
        string backend = $"{id}-memory";
        await monitor.ExecuteAsync("object-add", s_commandTimeout, cancellationToken, json => QemuMemory.WriteBackend(json, config, backend, sizeMiB)).ConfigureAwait(false);
        try
        {
            await AddDeviceAsync(id, json => WriteModule(json, id, backend), cancellationToken).ConfigureAwait(false);
        }
        catch (HypervisorException error)
        {
            await RemoveBackendAsync(backend, error).ConfigureAwait(false);
            throw;
        }

        _modules++;
        _moduleSizes.Push(sizeMiB);
        _addedMiB += sizeMiB;
        await AwaitTakenAsync(s_memory, cancellationToken).ConfigureAwait(false);
    }

    private static void WriteModule(Utf8JsonWriter json, string id, string backend)
    {
        json.WriteString("driver", "pc-dimm");
        json.WriteString("id", id);
        json.WriteString("memdev", backend);
    }

    private async Task RemoveBackendAsync(string backend, HypervisorException error)
    {
        try
        {
            await monitor.ExecuteAsync("object-del", s_commandTimeout, CancellationToken.None, json => json.WriteString("id", backend)).ConfigureAwait(false);
        }
        catch (HypervisorException failure)
        {
            error.CleanupFailures.Add(failure);
        }
    }

    private async Task ResizeVirtioMemAsync(uint totalMiB, CancellationToken cancellationToken)
    {
        uint before = _addedMiB;
        uint wanted = Math.Min(totalMiB > config.MemoryMiB ? totalMiB - config.MemoryMiB : 0, QemuMemory.VirtioMemMiB(config));
        await RequestAsync(wanted, cancellationToken).ConfigureAwait(false);
        uint now = await AwaitVirtioMemAsync(wanted, wanted < before ? s_shrinkLimit : guestLimit, cancellationToken).ConfigureAwait(false);
        _addedMiB = now;
        if (now < wanted)
        {
            await RequestAsync(before, CancellationToken.None).ConfigureAwait(false);
            throw new HypervisorException(
                FailureKind.TimedOut,
                $"the guest's kernel took {now} of {wanted} MiB by virtio-mem within {guestLimit.TotalSeconds:0.#} s, for which it needs CONFIG_VIRTIO_MEM and CONFIG_MEMORY_HOTPLUG",
                "build the initramfs again with the module (skerry image build), boot another guest kernel, or set enable_virtio_mem = false");
        }
    }

    private Task<JsonElement> RequestAsync(uint sizeMiB, CancellationToken cancellationToken) => monitor.ExecuteAsync("qom-set", s_commandTimeout, cancellationToken, json =>
    {
        json.WriteString("path", $"/machine/peripheral/{QemuMemory.VirtioMemId}");
        json.WriteString("property", "requested-size");
        json.WriteNumber("value", (ulong)sizeMiB << 20);
    });

    /// <summary>What the guest has of virtio-mem once that is as wanted, or does not change any more; in MiB.</summary>
    private async Task<uint> AwaitVirtioMemAsync(uint wantedMiB, TimeSpan limit, CancellationToken cancellationToken)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            JsonElement size = await monitor.ExecuteAsync("qom-get", s_commandTimeout, cancellationToken, json =>
            {
                json.WriteString("path", $"/machine/peripheral/{QemuMemory.VirtioMemId}");
                json.WriteString("property", "size");
            }).ConfigureAwait(false);
            uint now = (uint)(size.GetUInt64() >> 20);
            if (now == wantedMiB || TimeProvider.System.GetElapsedTime(start) > limit)
            {
                return now;
            }

            await Task.Delay(s_lookInterval, cancellationToken).ConfigureAwait(false);
        }
    }
}
