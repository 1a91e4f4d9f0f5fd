using Skerry.Core;
using Skerry.Linux;
using Skerry.Linux.Pci;
using Skerry.Linux.Tests.Pci;
using Skerry.Sandbox.Tests.Engine;

namespace Skerry.Sandbox.Tests.Network;

/// <summary>What "shim delete" and "skerry gc" do about network cards, from the record alone.</summary>
public sealed class DeviceCleanupTests : IDisposable
{
    private const string Address = "0000:3b:02.1";
    private static readonly DeviceRecord s_device = new(Address, "iavf", null, "net1");

    private readonly string _root = Directory.CreateTempSubdirectory("skerry-devices-").FullName;
    private readonly FakePci _pci = new();
    private readonly RecordedLog _log = new();

    public void Dispose()
    {
        _pci.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AfterACrash_ADeviceIsBoundBack_WhateverWasWrittenByThen(int writes)
    {
        PciDevice device = _pci.Add(Address, "iavf", "12");
        Crash(writes);
        Assert.NotEqual(("iavf", null), (device.Driver, device.DriverOverride));
        Assert.Empty(await CleanAsync());
        Assert.Equal(("iavf", null), (device.Driver, device.DriverOverride));
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public async Task ADeviceThatIsGone_IsLogged_AndNothingIsLeft()
    {
        Assert.Empty(await CleanAsync());
        Assert.Contains(_log.Lines, line => line.Contains($"the PCI device {Address} of interface net1 is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ADriverThatIsGone_IsLoggedWithWhatToDo_AndTriedAgain()
    {
        PciDevice device = _pci.Add(Address, "iavf", "12");
        Crash(3);
        _pci.RemoveDriver("iavf");
        Assert.NotEmpty(await CleanAsync());
        Assert.Null(device.Driver);
        Assert.Contains(_log.Lines, line => line.Contains($"back to iavf", StringComparison.Ordinal));
        Assert.NotEmpty(Directory.GetFileSystemEntries(_root));

        _pci.AddDriver("iavf");
        Assert.Empty(await CleanAsync());
        Assert.Equal("iavf", device.Driver);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void ARecord_KeepsItsDevices_AndMayBeOneFromBeforeThereWereAny()
    {
        SandboxPaths paths = Write(new NetworkRecord("/run/netns/a", 7, [], false, [s_device with { DriverOverride = "iavf" }]));
        Assert.Equal([s_device with { DriverOverride = "iavf" }], SandboxRecordFile.TryRead(paths.Record)!.Network!.Devices!);
        File.WriteAllText(paths.Record, """
            { "id": "s1", "namespace": "n", "createdAt": "1970-01-01T00:00:00+00:00", "state": "Ready", "network": { "path": "/run/netns/a", "identity": 7, "links": [], "limited": true } }
            """);
        Assert.Null(SandboxRecordFile.TryRead(paths.Record)!.Network!.Devices);
    }

    /// <summary>Takes the device, with the power gone after that many writes.</summary>
    private void Crash(int writes)
    {
        string[] steps = [$"devices/{Address}/driver_override=vfio-pci", $"drivers/iavf/unbind={Address}", $"drivers_probe={Address}"];
        foreach (string step in steps[writes..])
        {
            _pci.Faults[step] = Errno.EIO;
        }

        try
        {
            DeviceHandover.Take(_pci.Bus, s_device);
        }
        catch (SyscallException)
        {
            // That is the crash.
        }

        _pci.Faults.Clear();
    }

    private Task<IReadOnlyList<string>> CleanAsync() => new SandboxCleanup(_log, _pci.Bus).RunAsync(
        Write(new NetworkRecord(Path.Combine(_root, "no-namespace"), 7, [], false, [s_device])), TestContext.Current.CancellationToken);

    private SandboxPaths Write(NetworkRecord network)
    {
        var paths = new SandboxPaths(SandboxId.Parse("s1"), _root);
        Directory.CreateDirectory(paths.Directory);
        SandboxRecordFile.Write(paths.Record, new SandboxRecord { Id = "s1", Namespace = "n", CreatedAt = DateTimeOffset.UnixEpoch, State = "Ready", Network = network });
        return paths;
    }
}
