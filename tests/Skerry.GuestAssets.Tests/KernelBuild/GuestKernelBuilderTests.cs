using System.Text;
using Skerry.Core;
using Skerry.GuestAssets.KernelBuild;
using Skerry.GuestAssets.Tests.Disks;

namespace Skerry.GuestAssets.Tests.KernelBuild;

public sealed class GuestKernelBuilderTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private readonly ScratchDirectory _scratch = new();
    private readonly FakeKernelSource _source;

    public GuestKernelBuilderTests() => _source = new FakeKernelSource(_scratch);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Build_MakesEveryFile_AndASecondDoesNothing()
    {
        BuiltKernel first = await BuildAsync();
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(first.Directory, "vmlinux"));
        BuiltKernel second = await BuildAsync();
        Assert.Equal((true, false), (first.Rebuilt, second.Rebuilt));
        Assert.Equal("6.1.99", second.Version);
        Assert.Equal(["bzImage", "config", "modules/6.1.99/kernel/fake.ko", "sizes", "version", "vmlinux"], second.SizesBytes.Keys);
        Assert.Equal("6.1.99\n", await File.ReadAllTextAsync(Path.Combine(second.Directory, "version"), Cancellation));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(second.Directory, "vmlinux")));
    }

    [Fact]
    public async Task TwoWorkDirectories_GiveTheSameBytes()
    {
        BuiltKernel one = await BuildAsync();
        BuiltKernel other = await BuildAsync(Request() with { WorkDirectory = Path.Combine(_scratch.Path, "elsewhere") });
        foreach (string name in one.SizesBytes.Keys)
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(one.Directory, name), Cancellation), await File.ReadAllBytesAsync(Path.Combine(other.Directory, name), Cancellation));
        }
    }

    [Fact]
    public async Task ChangedFragment_IsBuiltAgain()
    {
        await BuildAsync();
        _source.Fragment("base.conf", "CONFIG_A=y\n");
        Assert.True((await BuildAsync()).Rebuilt);
    }

    [Fact]
    public async Task WithoutModules_NoneAreMade_AndThoseOfAnEarlierBuildAreGone()
    {
        await BuildAsync();
        _source.Fragment("base.conf", "CONFIG_A=y\n# CONFIG_MODULES is not set\n");
        Assert.DoesNotContain((await BuildAsync()).SizesBytes.Keys, name => name.StartsWith("modules/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LostResult_IsMadeAgain()
    {
        BuiltKernel first = await BuildAsync();
        File.Delete(Path.Combine(first.Directory, "bzImage"));
        Assert.True((await BuildAsync()).Rebuilt);
    }

    [Fact]
    public async Task OptionThatDoesNotSurvive_FailsSetupByName()
    {
        _source.Fragment("base.conf", "CONFIG_B=y\nCONFIG_TYPO=y\n");
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => new GuestKernelBuilder(Request(), null).SetupAsync(Cancellation));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("2 requested kernel options did not survive", error.Message, StringComparison.Ordinal);
        Assert.Contains("CONFIG_B=y (base.conf:1): became n", error.Message, StringComparison.Ordinal);
        Assert.Contains("CONFIG_TYPO=y (base.conf:2): this kernel has no such option", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnFragment_WinsOverOurs()
    {
        string own = _scratch.File("own.conf", "# CONFIG_MODULES is not set\n"u8.ToArray());
        BuiltKernel kernel = await BuildAsync(Request() with { ConfigPath = own });
        KernelConfig config = KernelConfig.Parse(await File.ReadAllTextAsync(Path.Combine(kernel.Directory, "config"), Cancellation));
        Assert.Equal(("y", "n"), (config["B"], config["MODULES"]));
    }

    [Fact]
    public async Task WholeConfiguration_StandsAlone()
    {
        string own = _scratch.File("own.conf", "#\n# Automatically generated file; DO NOT EDIT.\n#\nCONFIG_A=y\n"u8.ToArray());
        BuiltKernel kernel = await BuildAsync(Request() with { ConfigPath = own });
        Assert.DoesNotContain("CONFIG_B", await File.ReadAllTextAsync(Path.Combine(kernel.Directory, "config"), Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.c:1: error: no such thing", FailureKind.FailedPrecondition, "x.c:1: error: no such thing")]
    [InlineData("ld: final link failed: No space left on device", FailureKind.ResourceExhausted, "No space left on device")]
    public async Task FailingCompiler_ErrorHasItsWordsAndNoResultIsLeft(string said, FailureKind kind, string expected)
    {
        _source.Write("FAIL", said + "\n");
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync());
        Assert.Equal(kind, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Request().WorkDirectory, "kernel-*"));
    }

    [Fact]
    public async Task InterruptedBuild_GoesOnWithWhatIsWhole()
    {
        string stalled = Path.Combine(_scratch.Path, "stalled");
        _source.Write("STALL", stalled);
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<BuiltKernel> build = new GuestKernelBuilder(Request(), null).BuildAsync(interrupt.Token);
        await AppearsAsync(stalled);
        await interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build);

        // What the killed compiler leaves: an object without the command that made it, beside one with.
        string objects = Directory.EnumerateDirectories(Request().WorkDirectory, "build-*").Single();
        string half = _scratch.File(Path.Combine(objects, "half.o"), [1]);
        string whole = _scratch.File(Path.Combine(objects, "whole.o"), [1]);
        _scratch.File(Path.Combine(objects, ".whole.o.cmd"), [1]);
        File.Delete(stalled);
        Task<BuiltKernel> again = BuildAsync();
        await AppearsAsync(stalled);
        Assert.False(File.Exists(half));
        Assert.True(File.Exists(whole));
        File.Delete(stalled);
        Assert.True((await again).Rebuilt);
        Assert.False((await BuildAsync()).Rebuilt);
    }

    [Fact]
    public async Task WorkDirectoryInUse_IsNamed()
    {
        Directory.CreateDirectory(Request().WorkDirectory);
        await using var held = new FileStream(Path.Combine(Request().WorkDirectory, ".lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync());
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains(Request().WorkDirectory, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Install_CopiesOnce()
    {
        string target = Path.Combine(_scratch.Path, "share/kernel");
        BuiltKernel first = await new GuestKernelBuilder(Request(), null).InstallAsync(target, Cancellation);
        BuiltKernel second = await new GuestKernelBuilder(Request(), null).InstallAsync(target, Cancellation);
        Assert.Equal((true, false), (first.Rebuilt, second.Rebuilt));
        Assert.True(File.Exists(Path.Combine(target, "vmlinux")));
        Assert.Equal(Path.Combine(target, "modules/6.1.99"), GuestKernelFile.ModulesOf(Path.Combine(target, "vmlinux"), "6.1.99"));
    }

    [Fact]
    public async Task AFullDisk_IsSaidSo_AndTheOldKernelStays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting a small disk needs root");
        string small = Directory.CreateDirectory(Path.Combine(_scratch.Path, "small")).FullName;
        await Programs.RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(small, "vmlinux"), "the old kernel", Cancellation);
            await File.WriteAllBytesAsync(Path.Combine(small, "something"), new byte[56 * 1024], Cancellation);
            var error = await Assert.ThrowsAsync<GuestAssetException>(() => new GuestKernelBuilder(Request(), null).InstallAsync(small, Cancellation));
            Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
            Assert.Equal("the old kernel", await File.ReadAllTextAsync(Path.Combine(small, "vmlinux"), Cancellation));
            Assert.DoesNotContain(Directory.EnumerateFiles(small), path => path.EndsWith(".tmp", StringComparison.Ordinal));
        }
        finally
        {
            await Programs.RunAsync("umount", small);
        }
    }

    [Fact]
    public async Task InstallThatCannotWrite_LeavesNoHalfKernel()
    {
        string target = Path.Combine(_scratch.Path, "share/kernel");
        Directory.CreateDirectory(Path.Combine(target, "vmlinux", "in-the-way"));
        await Assert.ThrowsAsync<GuestAssetException>(() => new GuestKernelBuilder(Request(), null).InstallAsync(target, Cancellation));
        Assert.DoesNotContain(Directory.GetFiles(target), file => file.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.Null(KernelBuildStamp.Read(target));
    }

    [Fact]
    public async Task Patches_AreAppliedOnce()
    {
        Patch("-config A\n+config A2\n");
        _source.Fragment("base.conf", "CONFIG_B=y\n");
        KernelBuildRequest request = Request() with { PatchDirectory = Path.Combine(_scratch.Path, "patches") };
        await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(request)); // B needs A, and its fragment no longer asks for it.
        _source.Fragment("base.conf", "CONFIG_MODULES=y\n");
        await BuildAsync(request);
        Assert.StartsWith("config A2\n", await File.ReadAllTextAsync(Path.Combine(_source.Tree, "Kconfig"), Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PatchThatDoesNotFit_IsNamed()
    {
        Patch("-config Z\n+config A2\n");
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(Request() with { PatchDirectory = Path.Combine(_scratch.Path, "patches") }));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("0001.patch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tarball_IsUnpackedOnce()
    {
        string tarball = Path.Combine(_scratch.Path, "linux.tar");
        ToolResult packed = await Tool.RunAsync("tar", ["-cf", tarball, "-C", _scratch.Path, "tree"], "tar", default, Cancellation);
        Assert.Equal(0, packed.ExitCode);
        KernelBuildRequest request = Request() with { SourcePath = tarball };
        await BuildAsync(request);
        string unpacked = Directory.EnumerateDirectories(request.WorkDirectory, "source-*").Single();
        File.Delete(Path.Combine(unpacked, "Makefile"));
        Assert.False((await BuildAsync(request)).Rebuilt);
        Assert.True((await BuildAsync(request with { Fresh = true })).Rebuilt);
    }

    [Fact]
    public async Task OurPatchesThatDoNotFitTheSeries_AreNamed()
    {
        _source.Write("Makefile", "# SPDX\nVERSION = 6\nPATCHLEVEL = 1\n");
        string tarball = Path.Combine(_scratch.Path, "linux.tar");
        await Tool.RunAsync("tar", ["-cf", tarball, "-C", _scratch.Path, "tree"], "tar", default, Cancellation);
        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(Request() with { SourcePath = tarball }));
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("0001-x86-apic-known-clock-under-tcg.patch for Linux 6.1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateDirectories(Request().WorkDirectory), directory => directory.Contains("source-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 3\n", "6.12")]
    [InlineData("objects := $(O)\n", "")]
    public void Makefile_TellsItsSeries(string makefile, string series) => Assert.Equal(series, KernelPatch.SeriesOf(makefile));

    [Theory]
    [InlineData("damaged", FailureKind.InvalidArgument, "cannot unpack")]
    [InlineData("directory", FailureKind.InvalidArgument, "no kernel's source")]
    [InlineData("missing", FailureKind.NotFound, "there is no kernel source")]
    public async Task UnusableSource_IsNamed(string what, FailureKind kind, string expected)
    {
        string path = Path.Combine(_scratch.Path, what);
        if (what == "damaged")
        {
            await File.WriteAllBytesAsync(path, Encoding.ASCII.GetBytes("no tarball"), Cancellation);
        }
        else if (what == "directory")
        {
            Directory.CreateDirectory(path);
        }

        var error = await Assert.ThrowsAsync<GuestAssetException>(() => BuildAsync(Request() with { SourcePath = path }));
        Assert.Equal(kind, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateDirectories(Request().WorkDirectory), directory => directory.Contains("source-", StringComparison.Ordinal));
    }

    [Fact]
    public void ErrorsIn_TakesTheErrorsOrTheEnd()
    {
        Assert.Equal(["a.c:1: error: x"], KernelMake.ErrorsIn(["CC a.o", "a.c:1: error: x", "CC b.o"]));
        Assert.Equal(["CC a.o", "CC b.o"], KernelMake.ErrorsIn(["CC a.o", "CC b.o"]));
    }

    private Task<BuiltKernel> BuildAsync(KernelBuildRequest? request = null) => new GuestKernelBuilder(request ?? Request(), null).BuildAsync(Cancellation);

    private KernelBuildRequest Request() => new()
    {
        WorkDirectory = Path.Combine(_scratch.Path, "work"),
        SourcePath = _source.Tree,
        FragmentsDirectory = _source.Fragments,
        Architecture = KernelArchitecture.X64,
        BuildTime = DateTimeOffset.UnixEpoch,
    };

    private void Patch(string change) => _scratch.File(
        "patches/0001.patch", Encoding.ASCII.GetBytes($"--- a/Kconfig\n+++ b/Kconfig\n@@ -1,2 +1,2 @@\n{change} config B\n"));

    private static async Task AppearsAsync(string path)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Created += (_, _) => seen.TrySetResult();
        watcher.EnableRaisingEvents = true;
        if (!File.Exists(path))
        {
            await seen.Task.WaitAsync(s_limit, Cancellation);
        }
    }
}
