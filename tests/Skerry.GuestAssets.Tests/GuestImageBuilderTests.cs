using System.IO.Compression;
using System.Text;
using Skerry.Core;
using Skerry.GuestAssets.Tests.Disks;

namespace Skerry.GuestAssets.Tests;

public sealed class GuestImageBuilderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task SecondBuild_DoesNothing()
    {
        GuestImageRequest request = Request();
        GuestImage first = await Build(request);
        DateTime kernelTime = File.GetLastWriteTimeUtc(first.KernelPath);
        GuestImage second = await Build(request);
        Assert.True(first.Rebuilt);
        Assert.False(second.Rebuilt);
        Assert.Equal(kernelTime, File.GetLastWriteTimeUtc(second.KernelPath));
        Assert.Equal(first with { Rebuilt = false, Modules = second.Modules }, second);
        Assert.Equal(["virtio_ring", "virtio"], second.Modules);
    }

    [Fact]
    public async Task ChangedAgent_IsBuiltAgain()
    {
        GuestImageRequest request = Request();
        await Build(request);
        await File.WriteAllBytesAsync(request.AgentPath, [.. TestFiles.Program(), 0], TestContext.Current.CancellationToken);
        Assert.True((await Build(request)).Rebuilt);
    }

    [Fact]
    public async Task MissingOutput_IsBuiltAgain()
    {
        GuestImageRequest request = Request();
        File.Delete((await Build(request)).InitrdPath);
        Assert.True((await Build(request)).Rebuilt);
    }

    [Theory]
    [InlineData(true, true, "vmlinux")]
    [InlineData(true, false, "vmlinuz")]
    [InlineData(false, true, "vmlinuz")]
    public async Task Kernel_IsUnpackedWhereItCanBeEnteredSo(bool pvh, bool prefer, string expected)
    {
        GuestImage image = await Build(Request(pvh) with { PreferVmlinux = prefer });
        Assert.Equal(expected, Path.GetFileName(image.KernelPath));
        Assert.Equal(expected == "vmlinux", image.Kernel.HasPvhEntry);
    }

    [Fact]
    public async Task OtherOptions_LeaveOneKernelBehind()
    {
        GuestImageRequest request = Request();
        await Build(request);
        GuestImage image = await Build(request with { PreferVmlinux = false });
        Assert.Equal(image.KernelPath, GuestKernelFile.FindIn(request.OutputDirectory));
    }

    [Fact]
    public async Task GzipKernel_IsUnpacked()
    {
        byte[] vmlinux = TestFiles.Vmlinux();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(vmlinux);
        }

        GuestImageRequest request = Request();
        await File.WriteAllBytesAsync(request.KernelPath!, TestFiles.BzImage(packed.ToArray(), vmlinux.Length), TestContext.Current.CancellationToken);
        GuestImage image = await Build(request);
        Assert.Equal(vmlinux, await File.ReadAllBytesAsync(image.KernelPath, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("kernel")]
    [InlineData("modules")]
    public async Task MissingInput_ErrorNamesIt(string what)
    {
        GuestImageRequest request = what switch
        {
            "agent" => Request() with { AgentPath = "/nowhere/agent" },
            "kernel" => Request() with { KernelPath = "/nowhere/kernel" },
            _ => Request() with { ModulesDirectory = "/nowhere/modules" },
        };
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => Build(request));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains($"/nowhere/{what}", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(request.OutputDirectory));
    }

    [Fact]
    public async Task FailedWrite_LeavesNothingHalfMade()
    {
        GuestImageRequest request = Request();
        Directory.CreateDirectory(Path.Combine(request.OutputDirectory, "initrd.img", "in-the-way"));
        await Assert.ThrowsAsync<GuestAssetException>(() => Build(request));
        Assert.DoesNotContain(Directory.GetFiles(request.OutputDirectory), file => file.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(request.OutputDirectory, ".guest-image.json")));
    }

    [Fact]
    public async Task AFullDisk_IsSaidSo_AndTheOldPairStays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting a small disk needs root");
        GuestImageRequest request = Request();
        string small = Directory.CreateDirectory(request.OutputDirectory).FullName;
        await Programs.RunAsync("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small);
        try
        {
            GuestImage old = await Build(request);
            byte[] initrd = await File.ReadAllBytesAsync(old.InitrdPath, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(request.AgentPath, [.. TestFiles.Program(), .. new byte[300_000]], TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(request.KernelPath!, [.. TestFiles.Vmlinux(), 0], TestContext.Current.CancellationToken);
            var error = await Assert.ThrowsAsync<GuestAssetException>(() => Build(request));
            Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
            Assert.Equal(initrd, await File.ReadAllBytesAsync(old.InitrdPath, TestContext.Current.CancellationToken));
            Assert.Equal(old.KernelSizeBytes, new FileInfo(old.KernelPath).Length);
            Assert.DoesNotContain(Directory.EnumerateFiles(small), path => path.EndsWith(".tmp", StringComparison.Ordinal));
        }
        finally
        {
            await Programs.RunAsync("umount", small);
        }
    }

    [Fact]
    public async Task ModulesBesideTheKernel_AreFound()
    {
        GuestImageRequest request = Request() with { ModulesDirectory = null, KernelPath = _scratch.File("own/vmlinux", TestFiles.Vmlinux()), Modules = ["pass"] };
        _scratch.File("own/config", "CONFIG_MODULES=y\n"u8.ToArray());
        _scratch.File("own/modules/6.1.0-1-cloud-amd64/extra/pass.ko", TestFiles.Module());
        Assert.Equal(["pass"], (await Build(request)).Modules);
    }

    [Fact]
    public async Task Progress_NamesTheSteps()
    {
        var steps = new List<string>();
        await GuestImageBuilder.BuildAsync(Request(), new Recorder(steps), TestContext.Current.CancellationToken);
        Assert.Contains("packing the initramfs with 2 modules", steps);
    }

    [Fact]
    public async Task ModulesForLater_ArePackedAndNotLoaded()
    {
        GuestImageRequest request = Request() with { OnDemandModules = ["bridge", "not-in-this-kernel", "virtio_ring"] };
        _scratch.File("modules/kernel/bridge.ko", TestFiles.Module("alias=rtnl-link-bridge"));
        GuestImage image = await Build(request);
        Assert.Equal(["virtio_ring", "virtio"], image.Modules);
        string archive = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(image.InitrdPath, TestContext.Current.CancellationToken));
        Assert.Contains("virtio virtio_ring\nbridge - rtnl-link-bridge\n", archive, StringComparison.Ordinal);
        Assert.DoesNotContain("bridge.ko #if", archive, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KernelWithAllBuiltIn_GetsNoModules()
    {
        GuestImageRequest request = Request();
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config"), "CONFIG_VIRTIO_BLK=y\n", TestContext.Current.CancellationToken);
        GuestImage image = await Build(request with { Modules = ["virtio_blk"] });
        Assert.Empty(image.Modules);
    }

    [Theory]
    [InlineData("CONFIG_MODULES=y\nCONFIG_VIRTIO_FS=y\n", "CONFIG_VIRTIO_BLK")]
    [InlineData("CONFIG_VIRTIO_BLK=m\nCONFIG_VIRTIO_FS=y\n", "CONFIG_VIRTIO_BLK")]
    public async Task KernelThatCannotHaveWhatIsNeeded_IsRefusedByName(string config, string missing)
    {
        GuestImageRequest request = Request();
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config"), config, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => Build(request with { Modules = ["virtio_blk", "virtiofs"] }));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains($"as a module: {missing}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatAGuestCanDoWithout_IsLeftOut_WhereTheKernelLacksIt()
    {
        GuestImageRequest request = Request();
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "config"), "CONFIG_MODULES=y\nCONFIG_VIRTIO_BALLOON=y\n", TestContext.Current.CancellationToken);
        GuestImage image = await Build(request with { Modules = ["virtio_balloon", "virtio_mem"] });
        Assert.Empty(image.Modules);
    }

    [Fact]
    public async Task OwnKernel_IsTakenUnlessDebiansIsAskedFor()
    {
        GuestImageRequest request = Request() with { KernelPath = null, ModulesDirectory = null };
        string own = _scratch.File("out/kernel/vmlinux", TestFiles.Vmlinux());
        _scratch.File("out/kernel/config", "CONFIG_VIRTIO_BLK=y\n"u8.ToArray());
        GuestImage image = await Build(request with { Modules = ["virtio_blk"] });
        Assert.Equal(own, image.KernelSource);
        Assert.Empty(image.Modules);
    }

    private static Task<GuestImage> Build(GuestImageRequest request) =>
        GuestImageBuilder.BuildAsync(request, null, TestContext.Current.CancellationToken);

    private GuestImageRequest Request(bool pvh = true)
    {
        byte[] vmlinux = TestFiles.Vmlinux(pvh);
        _scratch.File("modules/kernel/virtio_ring.ko", TestFiles.Module());
        _scratch.File("modules/kernel/virtio.ko", TestFiles.Module("depends=virtio_ring"));
        return new GuestImageRequest
        {
            AgentPath = _scratch.File("agent", TestFiles.Program()),
            KernelPath = _scratch.File("vmlinuz", TestFiles.BzImage(TestFiles.Lz4Stored(vmlinux), vmlinux.Length)),
            ModulesDirectory = Path.Combine(_scratch.Path, "modules"),
            OutputDirectory = Path.Combine(_scratch.Path, "out"),
            Modules = ["virtio"],
        };
    }

    private sealed class Recorder(List<string> steps) : IProgress<GuestImageProgress>
    {
        public void Report(GuestImageProgress value) => steps.Add(value.Step);
    }
}
