using System.Text.Json;
using Skerry.Core;
using Skerry.Hypervisor.Qemu;
using Skerry.Hypervisor.Qmp;

namespace Skerry.Hypervisor.Tests;

/// <summary>Plugging, against a monitor that the test plays.</summary>
public sealed class QemuResourcesTests : IAsyncDisposable
{
    private const string Cpus = """
        [{"type": "max-x86_64-cpu", "vcpus-count": 1, "props": {"core-id": 2, "thread-id": 0, "node-id": 0, "socket-id": 0}},
         {"type": "max-x86_64-cpu", "vcpus-count": 1, "props": {"core-id": 1, "thread-id": 0, "node-id": 0, "socket-id": 0}},
         {"type": "max-x86_64-cpu", "vcpus-count": 1, "props": {"core-id": 0, "thread-id": 0, "node-id": 0, "socket-id": 0}, "qom-path": "/machine/unattached/device[0]"}]
        """;

    private static readonly MachineConfig s_machine = new()
    {
        Id = SandboxId.Parse("web-1"),
        VmmPath = "/usr/bin/qemu-system-x86_64",
        Kernel = "/vmlinux",
        StateDirectory = "/run/skerry/web-1",
        MachineType = "q35",
        MaxVcpus = 3,
        MemoryMiB = 64,
        MaxMemoryMiB = 8192,
        MemorySlots = 2,
    };

    private readonly FakeMonitor _monitor = new();
    private readonly QmpSession _session;
    private QemuResources? _resources;

    public QemuResourcesTests() => _session = new QmpSession(_monitor.Client, happened => _resources?.OnEvent(happened));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _monitor.Dispose();
        await _session.DisposeAsync();
        _resources?.Dispose();
    }

    [Fact]
    public async Task Processors_ArePluggedLowestFirst_AndWaitedForUntilTheGuestHasThem()
    {
        QemuResources resources = Resources(s_machine);
        Task plugging = resources.PlugVcpusAsync(3, Token);
        await AnswerAsync("query-hotpluggable-cpus", Cpus);
        string first = await AnswerAsync("device_add");
        Assert.Equal("""{"driver":"max-x86_64-cpu","id":"cpu1","node-id":0,"socket-id":0,"core-id":1,"thread-id":0}""", first);
        Take("cpu1");
        Assert.Contains("\"core-id\":2", await AnswerAsync("device_add"), StringComparison.Ordinal);
        Assert.False(plugging.IsCompleted);
        Take("cpu2");
        await plugging;
        Assert.Equal(3, resources.Vcpus);
        await resources.PlugVcpusAsync(2, Token);
        Assert.Equal(3, resources.Vcpus);
    }

    [Fact]
    public async Task MoreProcessorsThanPlaces_AreRefused()
    {
        Task plugging = Resources(s_machine).PlugVcpusAsync(9, Token);
        await AnswerAsync("query-hotpluggable-cpus", "[]");
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => plugging);
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        Assert.Contains("9 processors, at most 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGuestThatDoesNotTakeAProcessor_IsToldWithWhatItNeeds_AndGetsAnotherChance()
    {
        QemuResources resources = Resources(s_machine, TimeSpan.FromMilliseconds(20));
        Task plugging = resources.PlugVcpusAsync(2, Token);
        await AnswerAsync("query-hotpluggable-cpus", Cpus);
        await AnswerAsync("device_add");
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => plugging);
        Assert.Equal(FailureKind.TimedOut, error.Kind);
        Assert.Contains("CONFIG_ACPI_HOTPLUG_CPU", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<HypervisorException>(() => resources.PlugVcpusAsync(2, Token));

        Take("cpu1");
        await ExchangeAsync(); // An answer behind the event: it was read.
        await resources.PlugVcpusAsync(2, Token);
        Assert.Equal(2, resources.Vcpus);
    }

    [Fact]
    public async Task AGuestThatRefuses_IsToldWithItsStatus()
    {
        Task plugging = Resources(s_machine).PlugVcpusAsync(2, Token);
        await AnswerAsync("query-hotpluggable-cpus", Cpus);
        await AnswerAsync("device_add");
        Send("cpu1", source: 3, status: 132); // About an ejection: not ours.
        Send("cpu1", source: 1, status: 1);
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => plugging);
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains("_OST status 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_IsPluggedInSteps_UntilNoSlotIsLeft()
    {
        QemuResources resources = Resources(s_machine);
        Task plugging = resources.ResizeMemoryAsync(64 + 4096, 128, Token);
        Assert.Equal("""{"qom-type":"memory-backend-memfd","id":"dimm0-memory","size":3221225472,"share":true}""", await AnswerAsync("object-add"));
        Assert.Equal("""{"driver":"pc-dimm","id":"dimm0","memdev":"dimm0-memory"}""", await AnswerAsync("device_add"));
        Take("dimm0");
        Assert.Contains("\"size\":1073741824", await AnswerAsync("object-add"), StringComparison.Ordinal);
        await AnswerAsync("device_add");
        Take("dimm1");
        await plugging;
        Assert.Equal((4160u, 2), (resources.MemoryMiB, resources.UsedMemorySlots));

        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => resources.ResizeMemoryAsync(5184, 128, Token));
        Assert.Equal(FailureKind.ResourceExhausted, error.Kind);
        Assert.Contains("2 of 2 are used", error.Message, StringComparison.Ordinal);
        Assert.Contains("memory_slots", error.Hint, StringComparison.Ordinal);
        await resources.ResizeMemoryAsync(64, 128, Token);
        Assert.Equal(4160u, resources.MemoryMiB);
    }

    [Fact]
    public async Task AModuleThatIsOfNoUse_IsTakenBackWithItsBackend()
    {
        QemuResources resources = Resources(s_machine);
        Task plugging = resources.ResizeMemoryAsync(192, 128, Token);
        await AnswerAsync("object-add");
        await AnswerAsync("device_add");
        Take("dimm0");
        await plugging;
        Task leaving = resources.TakeMemoryBackAsync(64, Token);
        Assert.Equal("""{"id":"dimm0"}""", await AnswerAsync("device_del"));
        _monitor.Send("""{"event": "DEVICE_DELETED", "data": {"device": "dimm0", "path": "/machine/peripheral/dimm0"}, "timestamp": {"seconds": 1, "microseconds": 1}}""");
        Assert.Equal("""{"id":"dimm0-memory"}""", await AnswerAsync("object-del"));
        await leaving;
        Assert.Equal((64u, 0), (resources.MemoryMiB, resources.UsedMemorySlots));
    }

    [Fact]
    public async Task ARefusedModule_LeavesNoBackend()
    {
        QemuResources resources = Resources(s_machine);
        Task plugging = resources.ResizeMemoryAsync(192, 128, Token);
        await AnswerAsync("object-add");
        JsonElement command = await _monitor.ReceiveCommandAsync();
        _monitor.Send($$$"""{"id": {{{command.GetProperty("id")}}}, "error": {"class": "GenericError", "desc": "not enough space"}}""");
        Assert.Equal("""{"id":"dimm0-memory"}""", await AnswerAsync("object-del"));
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => plugging);
        Assert.Contains("not enough space", error.Message, StringComparison.Ordinal);
        Assert.Equal((64u, 0), (resources.MemoryMiB, resources.UsedMemorySlots));
    }

    [Fact]
    public async Task VirtioMem_Grows_ByWhatTheGuestTakes()
    {
        QemuResources resources = Resources(s_machine with { VirtioMem = true });
        Task growing = resources.ResizeMemoryAsync(320, 128, Token);
        Assert.Contains("\"property\":\"requested-size\",\"value\":268435456", await AnswerAsync("qom-set"), StringComparison.Ordinal);
        await AnswerAsync("qom-get", "134217728");
        await AnswerAsync("qom-get", "268435456");
        await growing;
        Assert.Equal(320u, resources.MemoryMiB);

        Task shrinking = resources.ResizeMemoryAsync(64, 128, Token);
        Assert.Contains("\"value\":0", await AnswerAsync("qom-set"), StringComparison.Ordinal);
        await AnswerAsync("qom-get", "2097152");
        await AnswerAsync("qom-get", "0");
        await shrinking;
        Assert.Equal(64u, resources.MemoryMiB);
    }

    [Fact]
    public async Task VirtioMem_WithoutAGuestThatDoesIt_TimesOut_AndAsksForNoMore()
    {
        QemuResources resources = Resources(s_machine with { VirtioMem = true }, TimeSpan.Zero);
        Task growing = resources.ResizeMemoryAsync(320, 128, Token);
        await AnswerAsync("qom-set");
        await AnswerAsync("qom-get", "0");
        Assert.Contains("\"value\":0", await AnswerAsync("qom-set"), StringComparison.Ordinal);
        HypervisorException error = await Assert.ThrowsAsync<HypervisorException>(() => growing);
        Assert.Contains("took 0 of 256 MiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("CONFIG_VIRTIO_MEM", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Threads_AreInTheOrderOfTheProcessors()
    {
        Task<IReadOnlyList<int>> threads = Resources(s_machine).VcpuThreadsAsync(Token);
        await AnswerAsync("query-cpus-fast", """[{"cpu-index": 1, "thread-id": 11}, {"cpu-index": 0, "thread-id": 12}]""");
        Assert.Equal([12, 11], await threads);
    }

    private QemuResources Resources(MachineConfig machine, TimeSpan? guestLimit = null) =>
        _resources = new QemuResources(machine, _session, guestLimit ?? TimeSpan.FromSeconds(60));

    /// <summary>Answers the next command, which must have this name, and gives its arguments.</summary>
    private async Task<string> AnswerAsync(string name, string value = "{}")
    {
        JsonElement command = await _monitor.ReceiveCommandAsync();
        Assert.Equal(name, command.GetProperty("execute").GetString());
        _monitor.Send($$"""{"return": {{value.ReplaceLineEndings(" ")}}, "id": {{command.GetProperty("id")}}}""");
        return command.TryGetProperty("arguments", out JsonElement arguments) ? arguments.GetRawText() : string.Empty;
    }

    private async Task ExchangeAsync()
    {
        Task<JsonElement> command = _session.ExecuteAsync("query-status", TimeSpan.FromSeconds(60), Token);
        await AnswerAsync("query-status");
        await command;
    }

    private void Take(string device) => Send(device, source: 1, status: 0);

    private void Send(string device, int source, int status) => _monitor.Send(
        $$$"""{"event": "ACPI_DEVICE_OST", "data": {"info": {"device": "{{{device}}}", "source": {{{source}}}, "status": {{{status}}}, "slot": "0", "slot-type": "CPU"}}, "timestamp": {"seconds": 1, "microseconds": 1}}""");
}
