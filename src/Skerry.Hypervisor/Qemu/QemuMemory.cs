using System.Globalization;
using System.Text.Json;

namespace Skerry.Hypervisor.Qemu;

/// <summary>A machine's memory as QEMU's arguments: what it boots with, the room for what is plugged later, the balloon. Pure.</summary>
internal static class QemuMemory
{
    /// <summary>The virtio-mem device of a machine that has one.</summary>
    internal const string VirtioMemId = "vmem0";

    /// <summary>virtio-mem is plugged by blocks of the guest, 128 MiB on x86 with less than 64 GiB.</summary>
    private const uint VirtioMemAlignmentMiB = 128;

    /// <summary>What rounding a slot to 1 GiB can take.</summary>
    private const long SlotMiB = 1024;

    /// <summary>True when memory can be added to the running machine.</summary>
    internal static bool CanGrow(MachineConfig config) =>
        config.MaxMemoryMiB > config.MemoryMiB && config.MachineType != QemuPlatform.Microvm.Name && (config.VirtioMem ? VirtioMemMiB(config) > 0 : config.MemorySlots > 0);

    /// <summary>The most that virtio-mem can add, in MiB.</summary>
    internal static uint VirtioMemMiB(MachineConfig config) => (config.MaxMemoryMiB - config.MemoryMiB) / VirtioMemAlignmentMiB * VirtioMemAlignmentMiB;

    /// <summary>The arguments.</summary>
    internal static IEnumerable<string> Arguments(MachineConfig config, QemuPlatform platform, long imageBytes)
    {
        // Shared, since the file daemon reads and writes the guest's buffers itself.
        List<string> arguments =
        [
            "-m", Size(config, imageBytes),
            "-object", Number($"memory-backend-memfd,id=mem,size={config.MemoryMiB}M,share=on{(config.PreallocateMemory ? ",prealloc=on" : "")}{HugePages(config)}"),
        ];
        if (config.VirtioMem && CanGrow(config))
        {
            arguments.AddRange(
                "-object", Number($"memory-backend-memfd,id={VirtioMemId}-memory,size={VirtioMemMiB(config)}M,share=on,reserve=off{HugePages(config)}"),
                "-device", $"virtio-mem-pci,id={VirtioMemId},memdev={VirtioMemId}-memory,requested-size=0");
        }

        if (config.ReclaimFreedMemory)
        {
            arguments.AddRange("-device", $"virtio-balloon-{platform.VirtioSuffix},id=balloon0,free-page-reporting=on");
        }

        return arguments;
    }

    /// <summary>The backend of a module that is plugged later, like that of the memory the machine boots with.</summary>
    internal static void WriteBackend(Utf8JsonWriter json, MachineConfig config, string id, uint sizeMiB)
    {
        json.WriteString("qom-type", "memory-backend-memfd");
        json.WriteString("id", id);
        json.WriteNumber("size", (ulong)sizeMiB << 20);
        json.WriteBoolean("share", true);
        if (config.PreallocateMemory)
        {
            json.WriteBoolean("prealloc", true);
        }

        if (config.HugePages)
        {
            json.WriteBoolean("hugetlb", true);
        }
    }

    private static string Size(MachineConfig config, long imageBytes)
    {
        bool mapped = RootDisk.IsMapped(config);
        bool grows = CanGrow(config);
        if (!mapped && !grows)
        {
            return Number($"{config.MemoryMiB}M");
        }

        // A mapped image takes a slot and address space beside the guest's memory.
        int slots = (mapped ? 1 : 0) + (grows && !config.VirtioMem ? config.MemorySlots : 0);
        long most = (grows ? config.MaxMemoryMiB : config.MemoryMiB) + (mapped ? (imageBytes >> 20) + SlotMiB : 0);
        return Number($"{config.MemoryMiB}M,slots={slots},maxmem={most}M");
    }

    private static string HugePages(MachineConfig config) => config.HugePages ? ",hugetlb=on" : string.Empty;

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
