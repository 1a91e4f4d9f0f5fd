using System.IO.Compression;
using System.Text;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.GuestAssets.Tests.KernelBuild;

public sealed class KernelConfigTests : IDisposable
{
    private const string Text = "# Automatically generated file; DO NOT EDIT.\nCONFIG_MODULES=y\nCONFIG_VIRTIO_FS=m\nCONFIG_NR_CPUS=64\n# CONFIG_PVH is not set\n";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Values_AreReadAndOthersAreN()
    {
        KernelConfig config = KernelConfig.Parse(Text);
        Assert.Equal(("y", "m", "64", "n", "n"), (config["MODULES"], config["VIRTIO_FS"], config["NR_CPUS"], config["PVH"], config["NEVER_HEARD_OF"]));
        Assert.True(config.Has("VIRTIO_FS"));
        Assert.False(config.Has("NR_CPUS"));
        Assert.Equal(3, config.Count);
    }

    [Fact]
    public async Task Embedded_IsReadFromAVmlinux()
    {
        string path = _scratch.File("vmlinux", VmlinuxWith(Text));
        Assert.Equal("64", (await Find(path))?["NR_CPUS"]);
    }

    [Fact]
    public async Task Embedded_IsReadFromABzImage()
    {
        byte[] vmlinux = VmlinuxWith(Text);
        string path = _scratch.File("vmlinuz", TestFiles.BzImage(TestFiles.Lz4Stored(vmlinux), vmlinux.Length));
        Assert.Equal("64", (await Find(path))?["NR_CPUS"]);
    }

    [Theory]
    [InlineData("vmlinuz", "config")]
    [InlineData("vmlinuz-6.1.0-1-cloud-amd64", "config-6.1.0-1-cloud-amd64")]
    public async Task Beside_IsReadByItsName(string kernel, string config)
    {
        string path = _scratch.File(kernel, TestFiles.Vmlinux());
        _scratch.File(config, Encoding.ASCII.GetBytes(Text));
        Assert.Equal("64", (await Find(path))?["NR_CPUS"]);
    }

    [Fact]
    public async Task WithoutEither_NobodyKnows() => Assert.Null(await Find(_scratch.File("vmlinux", TestFiles.Vmlinux())));

    [Fact]
    public void DamagedEmbedded_IsNoConfiguration()
    {
        Assert.Null(KernelConfigReader.ReadEmbedded("IKCFG_STnot gzipIKCFG_ED"u8));
        Assert.Null(KernelConfigReader.ReadEmbedded("IKCFG_ST"u8));
    }

    [Fact]
    public void Missing_NamesOptionAndPurpose()
    {
        IReadOnlyList<string> missing = KernelNeeds.Missing(KernelConfig.Parse("CONFIG_VIRTIO=y"), new KernelUse { EntersByPvh = true, MachineType = "microvm", Vsock = true });
        Assert.Contains("CONFIG_PVH (being entered as vmlinux)", missing);
        Assert.Contains("CONFIG_VIRTIO_MMIO (devices of the machine type microvm)", missing);
        Assert.Contains("CONFIG_VIRTIO_VSOCKETS (vsock)", missing);
        Assert.Contains("CONFIG_SERIAL_8250_CONSOLE or CONFIG_SERIAL_AMBA_PL011_CONSOLE (the console, where a panic is heard)", missing);
        Assert.DoesNotContain(missing, need => need.StartsWith("CONFIG_VIRTIO (", StringComparison.Ordinal));
    }

    [Fact]
    public void RootFileSystemAsModule_IsTooLate()
    {
        var use = new KernelUse { RootFileSystem = "erofs" };
        KernelConfig config = KernelConfig.Parse("CONFIG_VIRTIO_BLK=y\nCONFIG_EROFS_FS=m");
        Assert.Equal(["CONFIG_EROFS_FS (the root disk image's file system erofs)"], KernelNeeds.OnlyAsModule(config, use));
        Assert.DoesNotContain(KernelNeeds.Missing(config, use), need => need.Contains("EROFS", StringComparison.Ordinal));
    }

    [Fact]
    public void AMachineThatGrows_NeedsHotPlug_OfMemoryInTheWayThatIsConfigured()
    {
        KernelConfig config = KernelConfig.Parse("CONFIG_HOTPLUG_CPU=y\nCONFIG_MEMORY_HOTPLUG=y");
        IReadOnlyList<string> modules = KernelNeeds.Missing(config, new KernelUse { Grows = true });
        Assert.Equal(
            ["CONFIG_ACPI_HOTPLUG_CPU (processors that are plugged)", "CONFIG_ACPI_HOTPLUG_MEMORY (memory that is plugged)"],
            modules.Where(need => need.Contains("HOTPLUG", StringComparison.Ordinal)));
        IReadOnlyList<string> virtio = KernelNeeds.Missing(config, new KernelUse { Grows = true, VirtioMem = true });
        Assert.Contains("CONFIG_VIRTIO_MEM (memory that is plugged, by virtio-mem)", virtio);
        Assert.DoesNotContain(virtio, need => need.Contains("ACPI_HOTPLUG_MEMORY", StringComparison.Ordinal));
        Assert.DoesNotContain(KernelNeeds.Missing(config, new KernelUse()), need => need.Contains("plugged", StringComparison.Ordinal));
    }

    [Fact]
    public void MemoryThatIsGivenBack_NeedsItsDriver_AsAModuleAtLeast()
    {
        var use = new KernelUse { ReclaimsMemory = true };
        Assert.Contains("CONFIG_PAGE_REPORTING (giving freed memory back)", KernelNeeds.Missing(KernelConfig.Parse("CONFIG_VIRTIO_BALLOON=m"), use));
        Assert.DoesNotContain(KernelNeeds.Missing(KernelConfig.Parse("CONFIG_VIRTIO_BALLOON=m"), use), need => need.Contains("BALLOON", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatSomeContainersNeed_IsApart_AndNotAskedOfAMicrovm()
    {
        KernelConfig config = KernelConfig.Parse("CONFIG_VIRTIO_BLK=m");
        Assert.Equal(
            ["CONFIG_HOTPLUG_PCI_ACPI or CONFIG_HOTPLUG_PCI_PCIE (block devices, and interfaces that come later)"],
            KernelNeeds.MissingForSome(config, new KernelUse { MachineType = "q35" }));
        Assert.Empty(KernelNeeds.MissingForSome(config, new KernelUse { MachineType = "microvm" }));
        Assert.Empty(KernelNeeds.MissingForSome(KernelConfig.Parse("CONFIG_VIRTIO_BLK=y\nCONFIG_HOTPLUG_PCI_PCIE=y"), new KernelUse()));
    }

    private static Task<KernelConfig?> Find(string path) => KernelConfigReader.FindAsync(path, TestContext.Current.CancellationToken);

    private static byte[] VmlinuxWith(string config)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.ASCII.GetBytes(config));
        }

        return TestFiles.Elf(".rodata", [.. "Linux version 6.1.192 (skerry) #1\nIKCFG_ST"u8, .. packed.ToArray(), .. "IKCFG_ED"u8], pvh: true);
    }
}
