using System.Globalization;

namespace Skerry.Hypervisor.Qemu;

/// <summary>The guest's root disk image: as device of the machine, and as the kernel's root.</summary>
internal static class RootDisk
{
    private const int SectorBytes = 512;

    /// <summary>QEMU's arguments for the disk; <paramref name="sizeBytes"/> is the image's length.</summary>
    internal static IReadOnlyList<string> Arguments(MachineConfig config, QemuPlatform platform, long sizeBytes)
    {
        string path = config.Image!.Replace(",", ",,", StringComparison.Ordinal);
        if (config.RootDiskDriver == RootDiskDriver.VirtioBlk)
        {
            return
            [
                "-blockdev", $"driver=raw,node-name=root,read-only=on,file.driver=file,file.filename={path},file.locking=off",
                "-device", $"virtio-blk-{platform.VirtioSuffix},drive=root",
            ];
        }

        string memory = string.Create(CultureInfo.InvariantCulture, $"memory-backend-file,id=rootmem,mem-path={path},size={sizeBytes},share=on,readonly=on");
        string device = config.RootDiskDriver == RootDiskDriver.Nvdimm ? "nvdimm,id=root,memdev=rootmem,unarmed=on" : "virtio-pmem-pci,id=root,memdev=rootmem";
        return ["-object", memory, "-device", device];
    }

    /// <summary>True when the image lies in the guest's address space.</summary>
    internal static bool IsMapped(MachineConfig config) => config.Image is not null && config.RootDiskDriver != RootDiskDriver.VirtioBlk;

    /// <summary>Where the kernel finds its root, and with what it verifies it.</summary>
    internal static string KernelParameters(MachineConfig config)
    {
        string disk = IsMapped(config) ? "/dev/pmem0p" : "/dev/vda";
        string flags = IsMapped(config) && config.ImageVerity is null ? $" rootflags={(config.RootFsType == "xfs" ? "dax=always" : "dax")}" : string.Empty;
        return config.ImageVerity is null
            ? $"root={disk}1 rootfstype={config.RootFsType} ro{flags}"
            : $"{VerityDevice(config, disk)} root=/dev/dm-0 rootfstype={config.RootFsType} ro";
    }

    /// <summary>
    /// The device mapper's table, which a kernel with CONFIG_DM_INIT sets up before it looks for its root. A block that does not fit its
    /// hash ends the guest instead of being one failed read among others.
    /// </summary>
    private static string VerityDevice(MachineConfig config, string disk)
    {
        Core.VerityParameters verity = config.ImageVerity!;
        string salt = verity.Salt.Length > 0 ? verity.Salt : "-";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"dm-mod.create=\"root,,,ro,0 {verity.DataBlocks * (verity.DataBlockBytes / SectorBytes)} verity 1 {disk}1 {disk}2 {verity.DataBlockBytes} {verity.HashBlockBytes} {verity.DataBlocks} 0 sha256 {verity.RootHash} {salt} 1 panic_on_corruption\"");
    }
}
