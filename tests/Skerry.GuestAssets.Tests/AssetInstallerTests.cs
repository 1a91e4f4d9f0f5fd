using Skerry.Core;
using Skerry.GuestAssets.Disks;
using Skerry.GuestAssets.Installation;
using Skerry.GuestAssets.Tests.Disks;

namespace Skerry.GuestAssets.Tests;

public sealed class AssetInstallerTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task AnImage_IsNamedByTheConfiguration_AndTheOldOneComesBack()
    {
        DiskImage image = await ImageAsync();
        IReadOnlyList<string> lines = await InstallAsync(new() { Image = image.Path });
        Assert.Contains("initrd = \"\"", lines);
        Assert.Contains($"kernel_verity_params = \"{image.Verity}\"", lines);
        Assert.True(File.Exists(lines.Single(line => line.StartsWith("image", StringComparison.Ordinal)).Split('"')[1]));
        Assert.Contains(lines[1], File.ReadAllText(DropIn), StringComparison.Ordinal);

        await AssetInstaller.RestoreAsync(Configuration, TestContext.Current.CancellationToken);
        Assert.False(File.Exists(DropIn));
        await AssetInstaller.RestoreAsync(Configuration, TestContext.Current.CancellationToken);
        Assert.Contains(lines[1], File.ReadAllText(DropIn), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKernelAlone_KeepsTheInstalledImage()
    {
        DiskImage image = await ImageAsync();
        await InstallAsync(new() { Image = image.Path });
        IReadOnlyList<string> lines = await InstallAsync(new() { Kernel = _scratch.File("other/vmlinux", TestFiles.Vmlinux()) });
        Assert.Single(lines, line => line.StartsWith("kernel = ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith("image = ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AChangedImage_IsNotInstalled()
    {
        DiskImage image = await ImageAsync();
        byte[] bytes = await File.ReadAllBytesAsync(image.Path, TestContext.Current.CancellationToken);
        bytes[^5] ^= 1;
        await File.WriteAllBytesAsync(image.Path, bytes, TestContext.Current.CancellationToken);
        await FailsAsync(new() { Image = image.Path }, FailureKind.FailedPrecondition, "it was changed");
    }

    [Fact]
    public async Task AKernelWithItsDiskDriverAsModule_IsRefused()
    {
        DiskImage image = await ImageAsync();
        string kernel = _scratch.File("modular/vmlinux", TestFiles.Vmlinux());
        _scratch.File("modular/config", "CONFIG_VIRTIO_BLK=m\nCONFIG_EXT4_FS=y\n"u8.ToArray());
        await FailsAsync(new() { Image = image.Path, Kernel = kernel }, FailureKind.FailedPrecondition, "CONFIG_VIRTIO_BLK");
    }

    [Theory]
    [InlineData("/nowhere/root.img", FailureKind.NotFound, "/nowhere/root.img")]
    [InlineData(null, FailureKind.InvalidArgument, "nothing to install")]
    public async Task NothingToInstall_IsSaidSo(string? image, FailureKind kind, string reason) =>
        await FailsAsync(new() { Image = image }, kind, reason);

    [Fact]
    public async Task NothingToRestore_IsSaidSo() => Assert.Equal(
        FailureKind.NotFound,
        (await Assert.ThrowsAsync<GuestAssetException>(() => AssetInstaller.RestoreAsync(Configuration, TestContext.Current.CancellationToken))).Kind);

    private string Configuration => Path.Combine(_scratch.Path, "etc/configuration.toml");

    private string DropIn => Path.Combine(_scratch.Path, "etc/config.d", AssetInstaller.DropInName);

    private async Task FailsAsync(Asked asked, FailureKind kind, string reason)
    {
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => InstallAsync(asked));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(DropIn));
    }

    private Task<IReadOnlyList<string>> InstallAsync(Asked asked)
    {
        _scratch.File("etc/configuration.toml", []);
        var request = new InstallRequest
        {
            ConfigurationFile = Configuration,
            Directory = Path.Combine(_scratch.Path, "share"),
            Image = asked.Image,
            Kernel = asked.Kernel,
            CurrentKernel = _scratch.File("now/vmlinux", TestFiles.Vmlinux()),
        };
        return AssetInstaller.InstallAsync(request, TestContext.Current.CancellationToken);
    }

    private Task<DiskImage> ImageAsync()
    {
        Programs.RequireMakerOf("ext4");
        var request = new DiskImageRequest
        {
            RootfsDirectory = new RootfsDirectory(_scratch).Path,
            OutputPath = Path.Combine(_scratch.Path, "root.img"),
            Verity = true,
        };
        return DiskImageBuilder.BuildAsync(request, null, TestContext.Current.CancellationToken);
    }

    private sealed record Asked
    {
        public string? Image { get; init; }

        public string? Kernel { get; init; }
    }
}
