using Skerry.Core;

namespace Skerry.GuestAssets.Tests;

public sealed class KernelModuleTreeTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task WhatSeveralModulesProvide_IsTakenFromTheGenericOne()
    {
        _scratch.File("kernel/crc32c_generic.ko", TestFiles.Module("depends="));
        _scratch.File("kernel/ext4.ko", TestFiles.Module("depends=", "softdep=pre: crc32c"));
        IReadOnlyList<KernelModule> modules = await Resolve("ext4");
        Assert.Equal(["crc32c_generic", "ext4"], modules.Select(module => module.Name));
        Assert.Equal(["crc32c_generic"], modules[1].Needs);
    }

    [Fact]
    public async Task Dependencies_ComeBeforeWhatNeedsThem()
    {
        _scratch.File("kernel/virtio_ring.ko", TestFiles.Module("license=GPL", "depends="));
        _scratch.File("kernel/virtio.ko", TestFiles.Module("depends=virtio_ring"));
        _scratch.File("kernel/drivers/virtio-console.ko", TestFiles.Module("depends=virtio,virtio-ring", "softdep=pre: late-helper crc32c post: never"));
        _scratch.File("kernel/late_helper.ko", TestFiles.Module());
        IReadOnlyList<KernelModule> modules = await Resolve("virtio-console", "virtio");
        Assert.Equal(["virtio_ring", "virtio", "late_helper", "virtio_console"], modules.Select(module => module.Name));
    }

    [Fact]
    public async Task Aliases_AreThoseOfDevices()
    {
        _scratch.File("fuse.ko", TestFiles.Module("alias=devname:fuse", "alias=fs-fuse", "alias=virtio:d0000001Av*", "alias=acpi*:LNRO0005:*", "alias=of:N*T*C"));
        KernelModule fuse = Assert.Single(await Resolve("fuse"));
        Assert.Equal(["virtio:d0000001Av*", "acpi*:LNRO0005:*"], fuse.Aliases);
        Assert.Equal(["fs-fuse"], fuse.RequestNames);
    }

    [Fact]
    public async Task BuiltInModule_IsLeftOut()
    {
        _scratch.File("modules.builtin", "kernel/fs/ext4/ext4.ko\nkernel/drivers/virtio/virtio.ko\n"u8.ToArray());
        _scratch.File("kernel/virtio_blk.ko", TestFiles.Module("depends=virtio"));
        IReadOnlyList<KernelModule> modules = await Resolve("ext4", "virtio_blk");
        Assert.Equal(["virtio_blk"], modules.Select(module => module.Name));
    }

    [Fact]
    public async Task MissingModules_AreAllNamed()
    {
        _scratch.File("kernel/a.ko", TestFiles.Module("depends=gone"));
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => Resolve("a", "also_gone"));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains("gone, also_gone", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CircularDependency_Ends()
    {
        _scratch.File("kernel/a.ko", TestFiles.Module("depends=b"));
        _scratch.File("kernel/b.ko", TestFiles.Module("depends=a"));
        Assert.Equal(2, (await Resolve("a")).Count);
    }

    [Theory]
    [InlineData("xz", ".ko.xz")]
    [InlineData("zstd", ".ko.zst")]
    [InlineData("gzip", ".ko.gz")]
    public async Task CompressedModule_IsUnpacked(string program, string extension)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/" + program), $"{program} is not installed");
        byte[] module = TestFiles.Module("depends=");
        string plain = _scratch.File("plain", module);
        using var packer = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"{program} -c {plain} > {_scratch.Path}/packed{extension}"]);
        await packer.WaitForExitAsync(TestContext.Current.CancellationToken);
        KernelModule loaded = Assert.Single(await Resolve("packed"));
        Assert.Equal(module, loaded.Content);
    }

    [Fact]
    public async Task DamagedModule_ErrorNamesIt()
    {
        _scratch.File("kernel/bad.ko", "no elf"u8.ToArray());
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => Resolve("bad"));
        Assert.Contains("bad.ko", error.Message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<KernelModule>> Resolve(params string[] names) =>
        KernelModuleTree.Open(_scratch.Path).ResolveAsync(names, TestContext.Current.CancellationToken);
}
