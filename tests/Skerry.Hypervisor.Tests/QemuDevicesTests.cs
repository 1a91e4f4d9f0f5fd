using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Skerry.Core;
using Skerry.Hypervisor.Qemu;
using Skerry.Hypervisor.Qmp;
using Skerry.Linux;
using Skerry.Linux.Netlink;

namespace Skerry.Hypervisor.Tests;

/// <summary>Slots and who has them, against a monitor that the test plays.</summary>
public sealed class QemuDevicesTests : IAsyncDisposable
{
    private static readonly MachineConfig s_machine = new()
    {
        Id = SandboxId.Parse("web-1"),
        VmmPath = "/usr/bin/qemu-system-x86_64",
        Kernel = "/vmlinux",
        StateDirectory = "/run/skerry/web-1",
        MachineType = "q35",
        HotPlugSlots = 1,
    };

    private readonly FakeMonitor _monitor = new(carriesDescriptors: true);
    private readonly QmpSession _session;
    private readonly TaskCompletionSource _exit = new();
    private readonly FileDescriptor _descriptor = FileDescriptor.Open("/dev/null", OpenFlags.O_RDONLY);
    private QemuDevices? _devices;

    public QemuDevicesTests() => _session = new QmpSession(_monitor.Client, happened => _devices?.OnEvent(happened));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _monitor.Dispose();
        await _session.DisposeAsync();
        _devices?.Dispose();
        _descriptor.Dispose();
    }

    [Fact]
    public async Task AnUnpluggedCard_GivesItsSlotBack_WithItsBackend()
    {
        QemuDevices devices = await WithCardAsync();
        Task leaving = devices.UnplugAsync("net1", Token);
        Assert.Equal("""{"id":"net1-card"}""", await AnswerAsync("device_del"));
        Assert.Equal(0, devices.FreeSlots);
        SendDeleted("net1-card");
        Assert.Equal("""{"id":"net1"}""", await AnswerAsync("netdev_del"));
        await leaving;
        Assert.Equal(1, devices.FreeSlots);
    }

    [Fact]
    public async Task AGuestThatLetsGoLate_GivesTheSlotBackThen()
    {
        QemuDevices devices = await WithCardAsync(unplugLimit: TimeSpan.FromMilliseconds(20));
        Task leaving = devices.UnplugAsync("net1", Token);
        await AnswerAsync("device_del");
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => leaving);
        Assert.Equal(FailureKind.TimedOut, error.Kind);
        Assert.Contains("did not let go of network card \"net1\" within 0.02 s; the console", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, devices.FreeSlots);
        error = await Assert.ThrowsAsync<HypervisorException>(() => devices.PlugAsync(Card("net1"), Token));
        Assert.Equal(FailureKind.AlreadyExists, error.Kind);

        SendDeleted("net1-card");
        Assert.Equal("""{"id":"net1"}""", await AnswerAsync("netdev_del"));
        await FreeAsync(devices);
        await devices.UnplugAsync("net1", Token); // It is gone, which is what was asked for.
        await PlugCardAsync(devices, "net1");
        Assert.Equal(0, devices.FreeSlots);
    }

    [Fact]
    public async Task AskedTwice_TheGuestIsWaitedForAgain_ThoughTheVmmRefusesToAsk()
    {
        QemuDevices devices = await WithCardAsync(unplugLimit: TimeSpan.FromMilliseconds(20));
        Task leaving = devices.UnplugAsync("net1", Token);
        await AnswerAsync("device_del");
        await Assert.ThrowsAsync<HypervisorException>(() => leaving);
        leaving = devices.UnplugAsync("net1", Token);
        await RefuseAsync("device_del", "Device net1-card is already in the process of unplug");
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => leaving);
        Assert.Equal(FailureKind.TimedOut, error.Kind);
    }

    [Fact]
    public async Task AGuestThatEjectsACardByItself_GivesTheSlotBack()
    {
        QemuDevices devices = await WithCardAsync();
        SendDeleted("net1-card");
        await AnswerAsync("netdev_del");
        await FreeAsync(devices);
    }

    [Fact]
    public async Task ACancelledWait_DoesNotKeepTheSlot_OnceTheGuestLetsGo()
    {
        QemuDevices devices = await WithCardAsync();
        using var cancel = new CancellationTokenSource();
        Task leaving = devices.UnplugAsync("net1", cancel.Token);
        await AnswerAsync("device_del");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        SendDeleted("net1-card");
        await AnswerAsync("netdev_del");
        await FreeAsync(devices);
    }

    [Fact]
    public async Task ABackendThatStays_IsTold_AndTheSlotIsFree()
    {
        QemuDevices devices = await WithCardAsync();
        Task leaving = devices.UnplugAsync("net1", Token);
        await AnswerAsync("device_del");
        SendDeleted("net1-card");
        await RefuseAsync("netdev_del", "it is in use");
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => leaving);
        Assert.Contains("it is in use", ErrorReport.OneLine(error), StringComparison.Ordinal);
        Assert.Equal(1, devices.FreeSlots);
    }

    [Fact]
    public async Task AnEndedMachine_IsNotWaitedFor()
    {
        QemuDevices devices = await WithCardAsync();
        Task leaving = devices.UnplugAsync("net1", Token);
        await AnswerAsync("device_del");
        _exit.SetResult();
        await leaving;
    }

    [Fact]
    public async Task ACardThatNeverCame_IsRefused()
    {
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => Devices().UnplugAsync("net0", Token));
        Assert.Equal((FailureKind.FailedPrecondition, "the machine has no network card \"net0\" that came while it ran"), (error.Kind, error.Message));
    }

    [Fact]
    public async Task ACancelledPlugging_UndoesWhatItDid()
    {
        QemuDevices devices = Devices();
        using var cancel = new CancellationTokenSource();
        Task plugging = devices.PlugAsync(Card("net1", queues: 2), cancel.Token);
        JsonElement passing = await _monitor.ReceiveCommandAsync();
        await cancel.CancelAsync();
        Return(passing);
        Assert.Equal("""{"fdname":"net1-queue0"}""", await AnswerAsync("closefd"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => plugging);
        Assert.Equal(1, devices.FreeSlots);
    }

    [Fact]
    public async Task CancelledBetweenBackendAndCard_TheBackendGoes()
    {
        QemuDevices devices = Devices();
        using var cancel = new CancellationTokenSource();
        Task plugging = devices.PlugAsync(Card("net1"), cancel.Token);
        await AnswerAsync("getfd");
        JsonElement adding = await _monitor.ReceiveCommandAsync();
        await cancel.CancelAsync();
        Return(adding);
        await AnswerAsync("netdev_del");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => plugging);
        Assert.Equal(1, devices.FreeSlots);
    }

    [Fact]
    public async Task ARefusedBackend_LeavesNoDescriptor_AndNoComplaintOfNamesThatAreTaken()
    {
        QemuDevices devices = Devices();
        Task plugging = devices.PlugAsync(Card("net1"), Token);
        await AnswerAsync("getfd");
        await RefuseAsync("netdev_add", "no tap");
        await RefuseAsync("closefd", "File descriptor named 'net1-queue0' not found");
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => plugging);
        Assert.Contains("no tap", error.Message, StringComparison.Ordinal);
        Assert.Empty(error.CleanupFailures);
        Assert.Equal(1, devices.FreeSlots);
    }

    [Fact]
    public async Task ARefusedDisk_LeavesNothing()
    {
        QemuDevices devices = Devices();
        Task plugging = devices.PlugAsync(Disk("disk0"), Token);
        await AnswerAsync("add-fd", """{"fdset-id": 7}""");
        await AnswerAsync("blockdev-add");
        await RefuseAsync("device_add", "no such bus");
        Assert.Equal("""{"node-name":"disk0-node"}""", await AnswerAsync("blockdev-del"));
        Assert.Equal("""{"fdset-id":7}""", await AnswerAsync("remove-fd"));
        await Assert.ThrowsAsync<HypervisorException>(() => plugging);
        Assert.Equal(1, devices.FreeSlots);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithoutAnAnswer_TheSlotStaysWhileTheDeviceMayBeThere(bool made)
    {
        QemuDevices devices = Devices(commandLimit: TimeSpan.FromSeconds(1));
        Task plugging = devices.PlugAsync(Disk("disk0"), Token);
        await AnswerAsync("add-fd", """{"fdset-id": 7}""");
        await AnswerAsync("blockdev-add");
        await _monitor.ReceiveCommandAsync(); // device_add: no answer.
        if (made)
        {
            await AnswerAsync("device_del");
            await Assert.ThrowsAsync<HypervisorException>(() => plugging);
            Assert.Equal(0, devices.FreeSlots);
            SendDeleted("disk0-card");
        }
        else
        {
            await RefuseAsync("device_del", "Device 'disk0-card' not found");
        }

        await AnswerAsync("blockdev-del");
        await AnswerAsync("remove-fd");
        await FreeAsync(devices);
        await Assert.ThrowsAsync<HypervisorException>(() => plugging);
    }

    private QemuDevices Devices(TimeSpan? unplugLimit = null, TimeSpan? commandLimit = null) => _devices = new QemuDevices(
        s_machine, _session, _exit.Task, () => "; the console", NullLogger.Instance)
    {
        UnplugLimit = unplugLimit ?? TimeSpan.FromSeconds(60),
        CommandLimit = commandLimit ?? TimeSpan.FromSeconds(60),
    };

    private async Task<QemuDevices> WithCardAsync(TimeSpan? unplugLimit = null)
    {
        QemuDevices devices = Devices(unplugLimit);
        await PlugCardAsync(devices, "net1");
        return devices;
    }

    private async Task PlugCardAsync(QemuDevices devices, string id)
    {
        Task plugging = devices.PlugAsync(Card(id), Token);
        await AnswerAsync("getfd");
        Assert.Contains($"\"fds\":\"{id}-queue0\"", await AnswerAsync("netdev_add"), StringComparison.Ordinal);
        Assert.Contains("\"bus\":\"slot0\"", await AnswerAsync("device_add"), StringComparison.Ordinal);
        await plugging;
    }

    private NetworkDevice Card(string id, int queues = 1) => new()
    {
        Id = id,
        Mac = new MacAddress([2, 0, 0, 0, 0, 1]),
        Queues = [.. Enumerable.Repeat(_descriptor, queues)],
    };

    private BlockDevice Disk(string id) => new() { Id = id, Descriptor = _descriptor };

    /// <summary>Waits for the slot; what comes without a call can only be looked for.</summary>
    private static async Task FreeAsync(QemuDevices devices)
    {
        while (devices.FreeSlots == 0)
        {
            await Task.Delay(5, Token);
        }
    }

    private async Task<string> AnswerAsync(string name, string value = "{}")
    {
        JsonElement command = await ReceiveAsync(name);
        Return(command, value);
        return command.TryGetProperty("arguments", out JsonElement arguments) ? arguments.GetRawText() : string.Empty;
    }

    private async Task RefuseAsync(string name, string words)
    {
        JsonElement command = await ReceiveAsync(name);
        _monitor.Send($$$"""{"id": {{{command.GetProperty("id")}}}, "error": {"class": "GenericError", "desc": "{{{words}}}"}}""");
    }

    private async Task<JsonElement> ReceiveAsync(string name)
    {
        JsonElement command = await _monitor.ReceiveCommandAsync();
        Assert.Equal(name, command.GetProperty("execute").GetString());
        return command;
    }

    private void Return(JsonElement command, string value = "{}") => _monitor.Send($$"""{"return": {{value}}, "id": {{command.GetProperty("id")}}}""");

    private void SendDeleted(string device) => _monitor.Send(
        $$$"""{"event": "DEVICE_DELETED", "data": {"device": "{{{device}}}", "path": "/machine/peripheral/{{{device}}}"}, "timestamp": {"seconds": 1, "microseconds": 1}}""");
}
