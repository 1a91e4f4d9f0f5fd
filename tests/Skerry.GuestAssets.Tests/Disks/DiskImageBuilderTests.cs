using Skerry.Core;
using Skerry.GuestAssets.Disks;

namespace Skerry.GuestAssets.Tests.Disks;

public sealed class DiskImageBuilderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("ext4", false)]
    [InlineData("ext4", true)]
    [InlineData("erofs", true)]
    [InlineData("xfs", true)]
    public async Task TwoBuildsOfTheSameContent_AreTheSameBytes(string format, bool verity)
    {
        Programs.RequireMakerOf(format);
        DiskImage first = await BuildAsync(RootfsDirectory.Rich(_scratch, "one"), format, verity, "first.img");
        await WaitForAnotherSecondAsync();
        DiskImage second = await BuildAsync(RootfsDirectory.Rich(_scratch, "two", reversed: true), format, verity, "second.img");
        Assert.True(second.Rebuilt);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(first.Verity, second.Verity);
        Assert.Equal(verity, first.Verity is not null);
    }

    [Theory]
    [InlineData("ext4")]
    [InlineData("erofs")]
    [InlineData("xfs")]
    public async Task EveryFile_ComesBackOutOfTheImage(string format)
    {
        Programs.RequireMakerOf(format);
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control"), "mounting needs root and loop devices");
        RootfsDirectory rootfs = RootfsDirectory.Rich(_scratch, "rootfs");
        DiskImage image = await BuildAsync(rootfs, format, verity: false, "disk.img");
        string mounted = Directory.CreateDirectory(Path.Combine(_scratch.Path, "mnt")).FullName;
        await Programs.RunAsync("mount", "-t", format, "-o", $"ro,loop,offset={DiskLayout.RootOffset}", image.Path, mounted);
        try
        {
            // The times differ, on purpose; names, kinds, modes, sizes, links and contents must not.
            const string list = "cd \"$1\" && find . -path ./lost+found -prune -o -printf '%p %y %m %U %G %l\\n' | sort && find . -type f -exec sha256sum {} + | sort";
            Assert.Equal(await Programs.RunAsync("sh", "-c", list, "-", rootfs.Path), await Programs.RunAsync("sh", "-c", list, "-", mounted));
            Assert.Equal("315532800\n", await Programs.RunAsync("stat", "-c", "%Y", Path.Combine(mounted, "opt/tool")));
        }
        finally
        {
            await Programs.RunAsync("umount", mounted);
        }
    }

    [Fact]
    public async Task HardLinksAndAttributes_SurviveInExt4()
    {
        Programs.Require("mke2fs", "debugfs", "setfattr");
        var rootfs = new RootfsDirectory(_scratch);
        string first = rootfs.Add("opt/first", "shared");
        await Programs.RunAsync("ln", first, Path.Combine(rootfs.Path, "opt/second name"));
        await Programs.RunAsync("setfattr", "-n", "user.note", "-v", "kept", first);
        DiskImage image = await BuildAsync(rootfs, "ext4", verity: false, "disk.img");
        string stat = await DebugfsAsync(image.Path, "stat \"/opt/second name\"");
        Assert.Contains("Links: 2", stat, StringComparison.Ordinal);
        Assert.Contains("user.note (4) = \"kept\"", await DebugfsAsync(image.Path, "ea_list /opt/first"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASecondBuild_DoesNothing_AndAChangedFileMakesANewImage()
    {
        Programs.RequireMakerOf("ext4");
        var rootfs = new RootfsDirectory(_scratch);
        DiskImage first = await BuildAsync(rootfs, "ext4", verity: true, "disk.img");
        DateTime made = File.GetLastWriteTimeUtc(first.Path);
        DiskImage second = await BuildAsync(rootfs, "ext4", verity: true, "disk.img");
        Assert.Equal(first with { Rebuilt = false }, second);
        Assert.Equal(made, File.GetLastWriteTimeUtc(second.Path));

        rootfs.Add("etc/new", "file");
        DiskImage third = await BuildAsync(rootfs, "ext4", verity: true, "disk.img");
        Assert.True(third.Rebuilt);
        Assert.NotEqual(first.Verity!.RootHash, third.Verity!.RootHash);
    }

    [Fact]
    public async Task WhatAnInterruptedBuildLeft_IsGoneAfterTheNext()
    {
        Programs.RequireMakerOf("ext4");
        _scratch.File("out/.disk.img.work/rootfs", new byte[5000]);
        _scratch.File("out/.disk.img.work/disk", new byte[100]);
        DiskImage image = await BuildAsync(new RootfsDirectory(_scratch), "ext4", verity: false, "disk.img");
        Assert.True(image.Rebuilt);
        Assert.Equal(["disk.img", "disk.img.json", "disk.img.spdx.json"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(image.Path)!).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ACancelledBuild_LeavesNothingButWhatWasThere()
    {
        Programs.RequireMakerOf("ext4");
        var rootfs = new RootfsDirectory(_scratch);
        DiskImage image = await BuildAsync(rootfs, "ext4", verity: false, "disk.img");
        rootfs.Add("etc/new", "file");
        using var stop = new CancellationTokenSource();
        var progress = new Cancelling(stop, "composing the disk");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DiskImageBuilder.BuildAsync(Request(rootfs.Path, "ext4", false, "disk.img"), progress, stop.Token));
        Assert.Equal(image.Digest, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(image.Path, TestContext.Current.CancellationToken))));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(image.Path)!), path => path.Contains(".work", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ext4")]
    [InlineData("erofs")]
    [InlineData("xfs")]
    public async Task AFullDisk_IsSaidSo_AndTheOldImageStays(string format)
    {
        Programs.RequireMakerOf(format);
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting a small disk needs root");
        var rootfs = new RootfsDirectory(_scratch);
        rootfs.Add("opt/large", string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i:x8} is not zero\n")));
        string small = Directory.CreateDirectory(Path.Combine(_scratch.Path, "out")).FullName;
        await Programs.RunAsync("mount", "-t", "tmpfs", "-o", "size=3M", "tmpfs", small);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(small, "disk.img"), "the old image", TestContext.Current.CancellationToken);
            var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(rootfs, format, verity: true, "disk.img"));
            Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
            Assert.Equal("the old image", await File.ReadAllTextAsync(Path.Combine(small, "disk.img"), TestContext.Current.CancellationToken));
            Assert.Equal(["disk.img"], Directory.EnumerateFileSystemEntries(small).Select(path => Path.GetFileName(path)!));
        }
        finally
        {
            await Programs.RunAsync("umount", small);
        }
    }

    [Fact]
    public async Task ARootWithoutAgent_IsRefused()
    {
        var rootfs = new RootfsDirectory(_scratch);
        File.Delete(Path.Combine(rootfs.Path, "usr/bin/kata-agent"));
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(rootfs, "ext4", verity: false, "disk.img"));
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains("no agent at /usr/bin/kata-agent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADistributionsRootWithSystemdAlone_HasNoAgent()
    {
        var rootfs = new RootfsDirectory(_scratch);
        File.Delete(Path.Combine(rootfs.Path, "usr/bin/kata-agent"));
        File.Delete(Path.Combine(rootfs.Path, "sbin/init"));
        File.WriteAllBytes(rootfs.Add("usr/lib/systemd/systemd", ""), TestFiles.Program());
        File.CreateSymbolicLink(Path.Combine(rootfs.Path, "sbin/init"), "../usr/lib/systemd/systemd");
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(rootfs, "ext4", verity: false, "disk.img"));
        Assert.Contains("no agent", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAgentOfAnotherArchitecture_IsRefused()
    {
        var rootfs = new RootfsDirectory(_scratch);
        byte[] arm = TestFiles.Program();
        arm[18] = 183;
        await File.WriteAllBytesAsync(Path.Combine(rootfs.Path, "usr/bin/kata-agent"), arm, TestContext.Current.CancellationToken);
        DiskImageRequest request = Request(rootfs.Path, "ext4", false, "disk.img") with { Architecture = "x86_64" };
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => DiskImageBuilder.BuildAsync(request, null, TestContext.Current.CancellationToken));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("aarch64", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", FailureKind.NotFound)]
    [InlineData("agent", FailureKind.NotFound)]
    public async Task ARootThatIsNoDirectory_IsNamed(string name, FailureKind kind)
    {
        _scratch.File("agent", TestFiles.Program());
        string path = Path.Combine(_scratch.Path, name);
        var error = await Assert.ThrowsAsync<GuestAssetException>(
            () => DiskImageBuilder.BuildAsync(Request(path, "ext4", false, "disk.img"), null, TestContext.Current.CancellationToken));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ext4", "a \"quoted\" name")]
    [InlineData("xfs", "a name with blanks")]
    public async Task ANameThatTheToolsCannotTake_IsNamed(string format, string name)
    {
        Programs.RequireMakerOf(format);
        var rootfs = new RootfsDirectory(_scratch);
        rootfs.Add($"etc/{name}", "x");
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(rootfs, format, verity: false, "disk.img"));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private static Task<string> DebugfsAsync(string image, string command) =>
        Programs.RunAsync("debugfs", "-R", command, $"{image}?offset={DiskLayout.RootOffset}");

    /// <summary>Two builds within one second could agree on a time by chance.</summary>
    private static async Task WaitForAnotherSecondAsync()
    {
        long start = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        while (DateTimeOffset.UtcNow.ToUnixTimeSeconds() == start)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private Task<DiskImage> BuildAsync(RootfsDirectory rootfs, string format, bool verity, string name) =>
        DiskImageBuilder.BuildAsync(Request(rootfs.Path, format, verity, name), null, TestContext.Current.CancellationToken);

    private DiskImageRequest Request(string rootfs, string format, bool verity, string name) => new()
    {
        RootfsDirectory = rootfs,
        OutputPath = Path.Combine(_scratch.Path, "out", name),
        Type = Enum.Parse<RootfsType>(format, ignoreCase: true),
        Verity = verity,
    };

    private sealed class Cancelling(CancellationTokenSource stop, string at) : IProgress<GuestImageProgress>
    {
        public void Report(GuestImageProgress value)
        {
            if (value.Step == at)
            {
                stop.Cancel();
            }
        }
    }
}
