using System.Globalization;
using Skerry.Core;
using Skerry.Linux;

namespace Skerry.Hypervisor.Tests;

/// <summary>Disks that come and go in a real machine; files stand in for block devices, which need root.</summary>
[Trait("Category", "Vm")]
public sealed class QemuMachineDiskTests(GuestFixture guest) : IClassFixture<GuestFixture>, IDisposable
{
    private const int SizeBytes = 4 << 20;
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task ADisk_AppearsInTheGuest_AndLeavesIt_AndItsSlotIsFreeAgain()
    {
        await using TestMachine vm = await guest.BootAsync("echo", "q35", config => config with { HotPlugSlots = 1 });
        await vm.WaitUntilReadyAsync();
        Assert.Equal("1e.0/00", await PlugAsync(vm, "disk0", readOnly: true));
        await SeenAsync(vm, "/sys/block/vda/size", (SizeBytes / 512).ToString(CultureInfo.InvariantCulture));
        Assert.Equal("1", await vm.AskAsync("read /sys/block/vda/ro"));
        Assert.Equal("4096", await vm.AskAsync("read /sys/block/vda/queue/logical_block_size"));

        HypervisorException full = await Assert.ThrowsAsync<HypervisorException>(() => PlugAsync(vm, "disk1", readOnly: true));
        Assert.Equal(FailureKind.ResourceExhausted, full.Kind);

        await vm.Machine.UnplugDiskAsync("disk0", TestContext.Current.CancellationToken);
        Assert.Equal((1, "nothing"), (vm.Machine.FreeSlots, await vm.AskAsync("read /sys/block/vda/size")));
        await PlugAsync(vm, "disk2", readOnly: false);
        await SeenAsync(vm, "/sys/block/vda/ro", "0");
    }

    [Fact]
    public async Task WhatTheVmmRefuses_IsSaidInItsWords_AndTakesNoSlot()
    {
        await using TestMachine vm = await guest.BootAsync("silent", "q35", config => config with { HotPlugSlots = 2 });
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => PlugAsync(vm, "disk0", readOnly: false, aio: "native"));
        Assert.Contains("QEMU refuses \"blockdev-add\": aio=native was specified", error.Message, StringComparison.Ordinal);
        Assert.Contains("block_device_cache_direct", error.Hint, StringComparison.Ordinal);
        Assert.Empty(error.CleanupFailures);
        Assert.Equal(2, vm.Machine.FreeSlots);

        // Opened for reading, it cannot be a disk for writing: the descriptor is all that the VMM has.
        error = await Assert.ThrowsAsync<HypervisorException>(() => PlugAsync(vm, "disk0", readOnly: false, flags: OpenFlags.O_RDONLY));
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Equal(2, vm.Machine.FreeSlots);
    }

    [Fact]
    public async Task AMachineThatEnds_DoesNotLetAnUnpluggingWait()
    {
        await using TestMachine vm = await guest.BootAsync("silent", "q35", config => config with { HotPlugSlots = 1, KernelParameters = config.KernelParameters + " acpiphp.disable=1 pcie_ports=compat" });
        await PlugAsync(vm, "disk0", readOnly: true);
        Task unplugging = vm.Machine.UnplugDiskAsync("disk0", TestContext.Current.CancellationToken);
        await vm.Machine.StopAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        try
        {
            await unplugging;
        }
        catch (HypervisorException error)
        {
            Assert.Equal(FailureKind.Unavailable, error.Kind);
        }
    }

    private async Task<string> PlugAsync(TestMachine vm, string id, bool readOnly, string aio = "threads", OpenFlags? flags = null)
    {
        string path = _scratch["disk.img"];
        await using (FileStream file = File.Open(path, FileMode.OpenOrCreate))
        {
            file.SetLength(SizeBytes);
        }

        using FileDescriptor descriptor = FileDescriptor.Open(path, flags ?? (readOnly ? OpenFlags.O_RDONLY : OpenFlags.O_RDWR));
        return await vm.Machine.PlugAsync(
            new BlockDevice { Id = id, Descriptor = descriptor, IsFile = true, ReadOnly = readOnly, Aio = aio, LogicalSectorBytes = 4096 }, TestContext.Current.CancellationToken);
    }

    private static async Task SeenAsync(TestMachine vm, string path, string expected)
    {
        string seen = string.Empty;
        for (int attempt = 0; attempt < 1200 && seen != expected; attempt++)
        {
            seen = await vm.AskAsync($"read {path}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(expected, seen);
    }
}
