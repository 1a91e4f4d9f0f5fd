using Skerry.Core;
using Skerry.GuestAssets.KernelBuild;

namespace Skerry.GuestAssets.Tests.KernelBuild;

public sealed class DebianKernelSourceTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Series_AreReadOldestFirst() => Assert.Equal(
        ["6.1", "6.9", "6.12"],
        DebianKernelSource.ParseSeries("linux-source-6.12 - Linux kernel source\nlinux-source-6.1 - Linux\nlinux-source-6.9 - x\nlinux-source - meta\nlinux-source-6.1-rt - x\n"));

    [Fact]
    public void Versions_AreReadNewestFirst() => Assert.Equal(
        ["6.1.192-2", "6.1.176-1"],
        DebianKernelSource.ParseVersions(
            "linux-source-6.1 |  6.1.192-2 | http://deb.example bookworm/main amd64 Packages\nlinux-source-6.1 |  6.1.192-2 | http://other bookworm/main amd64 Packages\n"
            + "linux-source-6.1 |  6.1.176-1 | http://deb.example bookworm/main amd64 Packages\nlinux-source-6.1 |  6.1.1-1 | http://deb.example bookworm/main Sources\n\n"));

    [Theory]
    [InlineData("6.1", "6.1")]
    [InlineData("6.1.176", "6.1")]
    [InlineData("6.12.9-1~bpo12+1", "6.12")]
    public void Series_OfAVersion(string version, string series) => Assert.Equal(series, DebianKernelSource.SeriesOf(version));

    [Theory]
    [InlineData("6.1", "6.1.192-2")]
    [InlineData("6.1.176", "6.1.176-1")]
    [InlineData("6.1.176-1", "6.1.176-1")]
    public async Task DownloadedEarlier_IsTakenByVersion(string version, string taken)
    {
        foreach (string have in new[] { "6.1.192-2", "6.1.176-1", "6.1.17-1", "6.12.3-1" })
        {
            _scratch.File($"linux-source-{have}.tar.xz", []);
        }

        string path = await new DebianKernelSource(_scratch.Path, "/nowhere").FindAsync(version, fresh: false, TestContext.Current.CancellationToken);
        Assert.Equal($"linux-source-{taken}.tar.xz", Path.GetFileName(path));
    }

    [Theory]
    [InlineData("6.1.999")]
    [InlineData("9.99")]
    public async Task AVersionThatNobodyHas_IsNamedWithThoseThereAre(string version)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/apt-cache"), "needs apt");
        var source = new DebianKernelSource(_scratch.Path, "/nowhere");
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => source.FindAsync(version, fresh: false, TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Equal($"Debian's kernel source {version} is not to be had", error.Message);
        Assert.Contains($"apt offers: {await DebianKernelSource.ListAsync(TestContext.Current.CancellationToken)}", error.Hint, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public async Task Installed_IsTakenFirst()
    {
        string installed = _scratch.File("src/linux-source-6.1.tar.xz", []);
        _scratch.File("linux-source-6.1.192-2.tar.xz", []);
        Assert.Equal(installed, await new DebianKernelSource(_scratch.Path, Path.Combine(_scratch.Path, "src")).FindAsync("6.1", fresh: false, TestContext.Current.CancellationToken));
    }
}
