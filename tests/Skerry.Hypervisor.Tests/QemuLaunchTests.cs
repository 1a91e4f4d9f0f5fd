using Skerry.Core;
using Skerry.Hypervisor.Qemu;

namespace Skerry.Hypervisor.Tests;

/// <summary>Launches that fail, with shell scripts in QEMU's place: no guest is needed.</summary>
public sealed class QemuLaunchTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task MissingVmm_ErrorNamesThePackage()
    {
        HypervisorException error = await FailAsync(Config() with { VmmPath = "/nowhere/qemu" });
        Assert.Equal(FailureKind.HostDenied, error.Kind);
        Assert.Contains("/nowhere/qemu", error.Message, StringComparison.Ordinal);
        Assert.Contains("qemu-system-x86", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VmmThatIsNotExecutable_IsSaid()
    {
        HypervisorException error = await FailAsync(Config() with { VmmPath = Config().Kernel });
        Assert.Contains("not executable", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kernel")]
    [InlineData("initrd")]
    public async Task MissingAsset_ErrorNamesItAndTheCommand(string what)
    {
        MachineConfig config = what == "kernel" ? Config() with { Kernel = "/nowhere/kernel" } : Config() with { Initrd = "/nowhere/initrd" };
        HypervisorException error = await FailAsync(config);
        Assert.Equal(FailureKind.NotFound, error.Kind);
        Assert.Contains($"the guest's {what} \"/nowhere/{what}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("skerry image build", error.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config", "CONFIG_VIRTIO_BLK=m\nCONFIG_EXT4_FS=y\n", "CONFIG_VIRTIO_BLK")]
    [InlineData("config", "CONFIG_VIRTIO_BLK=y\n# CONFIG_EXT4_FS is not set\n", "CONFIG_EXT4_FS")]
    [InlineData(".guest-image.json", "{ \"Modules\": [\"virtio_blk\"] }", "other than as a module")]
    public async Task AKernelWithoutDiskDrivers_IsToldBeforeTheStart(string file, string text, string lacks)
    {
        File.WriteAllText(_scratch[file], text);
        File.WriteAllBytes(_scratch["root.img"], new byte[512]);
        HypervisorException error = await FailAsync(Config() with { Initrd = null, Image = _scratch["root.img"] });
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains(lacks, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("microvm", 2 << 20, "microvm")]
    [InlineData("q35", 1 << 20, "2 MiB")]
    public async Task AnImageThatCannotBeMapped_IsRefusedBeforeTheStart(string machineType, int bytes, string reason)
    {
        File.WriteAllBytes(_scratch["root.img"], new byte[bytes]);
        MachineConfig config = Config() with { Initrd = null, Image = _scratch["root.img"], MachineType = machineType, RootDiskDriver = RootDiskDriver.Nvdimm };
        HypervisorException error = await FailAsync(config);
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InitrdAndImage_AreOneTooMany() =>
        Assert.Equal(FailureKind.InvalidArgument, (await FailAsync(Config() with { Image = "/some/image" })).Kind);

    [Fact]
    public async Task TooLittleMemory_ErrorSaysTheMinimum()
    {
        HypervisorException error = await FailAsync(Config() with { MemoryMiB = 8 });
        Assert.Equal(FailureKind.InvalidArgument, error.Kind);
        Assert.Contains("8 MiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("need at least 29 MiB", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("qemu: cannot set up guest memory 'mem': Cannot allocate memory", FailureKind.ResourceExhausted)]
    [InlineData("qemu: Error loading uncompressed kernel without PVH ELF Note", FailureKind.InvalidArgument)]
    [InlineData("Could not access KVM kernel module: Permission denied", FailureKind.HostDenied)]
    [InlineData("vfio 0000:3b:02.1: VFIO_MAP_DMA failed: Cannot allocate memory", FailureKind.ResourceExhausted)]
    [InlineData("vfio 0000:3b:02.1: group 12 is not viable", FailureKind.FailedPrecondition)]
    [InlineData("vfio 0000:3b:02.1: error getting device from group 12: Device or resource busy", FailureKind.HostDenied)]
    [InlineData("something nobody has heard of", FailureKind.Unavailable)]
    public async Task VmmThatDiesAtOnce_ErrorHoldsItsWords(string words, FailureKind expected)
    {
        HypervisorException error = await FailAsync(Config() with { VmmPath = Script($"echo \"{words}\" >&2; exit 1") });
        Assert.Equal(expected, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SilentMonitor_TimesOut_AndNoProcessIsLeft()
    {
        string pidFile = _scratch["pid"];
        MachineConfig config = Config() with
        {
            VmmPath = Script($"echo $$ > {pidFile}; trap '' TERM; exec sleep 1000"),
            LaunchTimeout = TimeSpan.FromSeconds(5),
        };
        HypervisorException error = await FailAsync(config);
        Assert.Equal(FailureKind.TimedOut, error.Kind);
        Assert.False(Directory.Exists($"/proc/{(await File.ReadAllTextAsync(pidFile, TestContext.Current.CancellationToken)).Trim()}"));
    }

    [Fact]
    public async Task CancelledLaunch_LeavesNoProcess()
    {
        string pidFile = _scratch["pid"];
        using var cancel = new CancellationTokenSource();
        Task<IVirtualMachine> start = new QemuHypervisor().StartAsync(Config() with { VmmPath = Script($"echo $$ > {pidFile}; exec sleep 1000") }, cancel.Token);
        while (!File.Exists(pidFile) || new FileInfo(pidFile).Length == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.False(Directory.Exists($"/proc/{(await File.ReadAllTextAsync(pidFile, TestContext.Current.CancellationToken)).Trim()}"));
    }

    [Fact]
    public async Task RubbishOnTheMonitor_FailsTheLaunch()
    {
        HypervisorException error = await FailAsync(Config() with { VmmPath = Script("head -c 300000 /dev/zero >&4; sleep 1000") });
        Assert.Equal(FailureKind.Unavailable, error.Kind);
    }

    [Fact]
    public async Task TalkativeVmm_IsKeptWithinBounds()
    {
        HypervisorException error = await FailAsync(Config() with { VmmPath = Script("head -c 10000000 /dev/zero | tr '\\0' e >&2; echo end >&2; exit 1") });
        Assert.True(error.Message.Length < 20_000, $"{error.Message.Length} characters");
        Assert.Contains("eend", error.Message, StringComparison.Ordinal);
    }

    private static Task<HypervisorException> FailAsync(MachineConfig config) => Assert.ThrowsAsync<HypervisorException>(
        () => new QemuHypervisor().StartAsync(config, TestContext.Current.CancellationToken));

    /// <summary>A kernel that says it ends at 17 MiB, and no initramfs to speak of: 29 MiB are the least.</summary>
    private MachineConfig Config()
    {
        var kernel = new byte[1024];
        "HdrS"u8.CopyTo(kernel.AsSpan(0x202));
        kernel[0x262] = 0x10;
        File.WriteAllBytes(_scratch["vmlinuz"], kernel);
        File.WriteAllBytes(_scratch["initrd.img"], []);
        return new MachineConfig
        {
            Id = SandboxId.Parse("launch"),
            VmmPath = Script("exit 0"),
            Kernel = _scratch["vmlinuz"],
            Initrd = _scratch["initrd.img"],
            StateDirectory = _scratch.Path,
            Accelerator = Accelerator.Tcg,
        };
    }

    private string Script(string commands)
    {
        string path = _scratch[$"vmm-{Guid.NewGuid():N}"];
        File.WriteAllText(path, $"#!/bin/sh\n{commands}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
