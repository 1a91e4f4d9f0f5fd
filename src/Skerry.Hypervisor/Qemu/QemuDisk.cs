using System.Globalization;
using System.Text.Json;

namespace Skerry.Hypervisor.Qemu;

/// <summary>A plugged disk in the words of QEMU's monitor (qapi/block-core.json, BlockdevOptions). Pure.</summary>
internal static class QemuDisk
{
    /// <summary>The name of the disk's device.</summary>
    internal static string CardOf(string id) => $"{id}-card";

    /// <summary>The name of the disk's node in the block layer.</summary>
    internal static string NodeOf(string id) => $"{id}-node";

    /// <summary>The arguments of blockdev-add. The host's lock is left alone: who may use a volume is decided by who hands it out.</summary>
    internal static void WriteBackend(Utf8JsonWriter json, BlockDevice device, long descriptorSet)
    {
        json.WriteString("driver", "raw");
        json.WriteString("node-name", NodeOf(device.Id));
        json.WriteBoolean("read-only", device.ReadOnly);
        WriteCache(json, device);
        json.WriteStartObject("file");
        json.WriteString("driver", device.IsFile ? "file" : "host_device");
        json.WriteString("filename", string.Create(CultureInfo.InvariantCulture, $"/dev/fdset/{descriptorSet}"));
        json.WriteString("aio", device.Aio);
        json.WriteString("locking", "off");
        json.WriteBoolean("read-only", device.ReadOnly);
        WriteCache(json, device);
        json.WriteEndObject();
    }

    /// <summary>The arguments of device_add.</summary>
    internal static void WriteCard(Utf8JsonWriter json, BlockDevice device, string bus)
    {
        json.WriteString("driver", "virtio-blk-pci");
        json.WriteString("id", CardOf(device.Id));
        json.WriteString("drive", NodeOf(device.Id));
        json.WriteString("bus", bus);
        WriteSize(json, "logical_block_size", device.LogicalSectorBytes);
        WriteSize(json, "physical_block_size", Math.Max(device.LogicalSectorBytes, device.PhysicalSectorBytes));
        WriteSize(json, "num-queues", device.Queues);
        WriteSize(json, "queue-size", device.QueueSize);
    }

    /// <summary>What the user can do about QEMU's refusal of a disk; null when its words say enough.</summary>
    internal static string? HintFor(string refusal) => refusal switch
    {
        _ when refusal.Contains("io_uring", StringComparison.Ordinal) || refusal.Contains("io-uring", StringComparison.Ordinal) =>
            "set block_device_aio = \"threads\" in the configuration: this host or its QEMU has no io_uring",
        _ when refusal.Contains("aio=native", StringComparison.Ordinal) => "set block_device_cache_set and block_device_cache_direct to true, or block_device_aio to \"threads\"",
        _ when refusal.Contains("O_DIRECT", StringComparison.Ordinal) => "set block_device_cache_direct = false in the configuration: this disk cannot go past the host's page cache",
        _ when refusal.Contains("block_size", StringComparison.Ordinal) => "see block_device_logical_sector_size and block_device_physical_sector_size in the configuration",
        _ => null,
    };

    private static void WriteCache(Utf8JsonWriter json, BlockDevice device)
    {
        json.WriteStartObject("cache");
        json.WriteBoolean("direct", device.CacheDirect);
        json.WriteBoolean("no-flush", device.CacheNoFlush);
        json.WriteEndObject();
    }

    private static void WriteSize(Utf8JsonWriter json, string name, uint value)
    {
        if (value > 0)
        {
            json.WriteNumber(name, value);
        }
    }
}
