using Skerry.Config;
using Skerry.Core;
using Skerry.Hypervisor;
using Skerry.Linux;
using Skerry.Sandbox.Tests.Engine;

namespace Skerry.Sandbox.Tests.Devices;

public sealed class SandboxDisksTests : IAsyncDisposable
{
    private static readonly RequestedDisk s_disk = new("/dev/xvda", new DeviceNumber(7, 5), Writable: true);
    private readonly FakeMachine _machine = new(new FakeAgentOptions(), slots: 4);

    public async ValueTask DisposeAsync() => await _machine.DisposeAsync();

    [Fact]
    public async Task ADeviceOfTwoContainers_IsPluggedOnce_AndLeavesWithTheLast()
    {
        SandboxDisks disks = Disks();
        string first = await disks.PlugAsync(s_disk, CancellationToken.None);
        string second = await disks.PlugAsync(s_disk with { Path = "/dev/other", Writable = false }, CancellationToken.None);
        Assert.Equal(first, second);
        await disks.ReleaseAsync(s_disk);
        Assert.Equal(["+disk0"], _machine.Disks);
        await disks.ReleaseAsync(s_disk);
        Assert.Equal(["+disk0", "-disk0"], _machine.Disks);
        Assert.Equal("1e.1/00", await disks.PlugAsync(s_disk, CancellationToken.None));
    }

    [Fact]
    public async Task ADeviceForReading_IsNotWrittenByAnotherContainer()
    {
        SandboxDisks disks = Disks();
        await disks.PlugAsync(s_disk with { Writable = false }, CancellationToken.None);
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => disks.PlugAsync(s_disk, CancellationToken.None));
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains("7:5", error.Message, StringComparison.Ordinal);

        // The refused one is no user: the first one's end takes the disk away.
        await disks.ReleaseAsync(s_disk);
        Assert.Equal(["+disk0", "-disk0"], _machine.Disks);
    }

    [Fact]
    public async Task SectorsAreThoseOfTheHost_UnlessConfigured()
    {
        await Disks().PlugAsync(s_disk, CancellationToken.None);
        Assert.Equal((512u, 4096u, false, false), (_machine.LastDisk!.LogicalSectorBytes, _machine.LastDisk.PhysicalSectorBytes, _machine.LastDisk.CacheDirect, _machine.LastDisk.ReadOnly));

        var config = new HypervisorConfig
        {
            BlockDeviceLogicalSectorSize = 4096,
            BlockDevicePhysicalSectorSize = 8192,
            BlockDeviceCacheSet = true,
            BlockDeviceCacheDirect = true,
            BlockDeviceCacheNoflush = true,
            BlockDeviceAio = "io_uring",
            BlockDeviceNumQueues = 3,
            BlockDeviceQueueSize = 64,
        };
        await Disks(config, readOnly: true).PlugAsync(s_disk, CancellationToken.None);
        BlockDevice disk = _machine.LastDisk;
        Assert.Equal((4096u, 8192u, 3u, 64u, "io_uring"), (disk.LogicalSectorBytes, disk.PhysicalSectorBytes, disk.Queues, disk.QueueSize, disk.Aio));
        Assert.True(disk is { ReadOnly: true, CacheDirect: true, CacheNoFlush: true });
    }

    [Fact]
    public async Task CacheOptions_CountOnlyWhereTheyAreToBeSet()
    {
        await Disks(new HypervisorConfig { BlockDeviceCacheDirect = true, BlockDeviceCacheNoflush = true }).PlugAsync(s_disk, CancellationToken.None);
        Assert.True(_machine.LastDisk is { CacheDirect: false, CacheNoFlush: false });
    }

    [Fact]
    public async Task WhatTheMonitorRefuses_IsSaidInItsWords_AndLeavesNothing()
    {
        SandboxDisks disks = Disks();
        _machine.DiskFailure = new HypervisorException(FailureKind.FailedPrecondition, "QEMU refuses \"blockdev-add\": no such luck (GenericError)", "a hint");
        SkerryException error = await Assert.ThrowsAsync<SkerryException>(() => disks.PlugAsync(s_disk, CancellationToken.None));
        Assert.Contains("cannot plug \"a host's disk\" (7:5) into the machine as \"/dev/xvda\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("no such luck", ErrorReport.OneLine(error), StringComparison.Ordinal);
        Assert.Equal("a hint", error.Hint);
        await disks.ReleaseAsync(s_disk);
        Assert.Empty(_machine.Disks);
    }

    [Fact]
    public async Task AGuestThatSeesNoDisks_IsNotWaitedFor()
    {
        SandboxDisks disks = Disks();
        await disks.PlugAsync(s_disk, CancellationToken.None);
        disks.GuestIsBlind = true;
        await disks.ReleaseAsync(s_disk);
        Assert.Equal(["+disk0"], _machine.Disks);
    }

    [Fact]
    public async Task AMachineThatHasEnded_NeedsNoUnplugging()
    {
        SandboxDisks disks = Disks();
        await disks.PlugAsync(s_disk, CancellationToken.None);
        await _machine.DieAsync();
        await disks.ReleaseAsync(s_disk);
        Assert.Equal(["+disk0"], _machine.Disks);
    }

    private SandboxDisks Disks(HypervisorConfig? config = null, bool readOnly = false) => new(
        _machine,
        config ?? new HypervisorConfig(),
        disk => new HostDisk("a host's disk", FileDescriptor.Open("/dev/null", OpenFlags.O_RDWR), new BlockGeometry(1 << 20, 512, 4096, readOnly), readOnly || !disk.Writable));
}
