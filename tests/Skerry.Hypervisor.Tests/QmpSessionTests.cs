using System.Text.Json;
using Skerry.Core;
using Skerry.Hypervisor.Qmp;

namespace Skerry.Hypervisor.Tests;

public sealed class QmpSessionTests : IAsyncLifetime
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);
    private readonly FakeMonitor _monitor = new();
    private readonly List<QmpEvent> _events = [];
    private readonly QmpSession _session;

    public QmpSessionTests() => _session = new QmpSession(_monitor.Client, _events.Add);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _monitor.Dispose();
        await _session.DisposeAsync();
    }

    [Fact]
    public async Task Open_WaitsForGreetingAndCommandMode()
    {
        Task<JsonElement> opening = _session.OpenAsync(s_long, Token);
        _monitor.Greet();
        await _monitor.AnswerAsync();
        Assert.Equal(7, (await opening).GetProperty("version").GetProperty("qemu").GetProperty("major").GetInt32());
    }

    [Fact]
    public async Task Answers_FindTheirCommandsInAnyOrder()
    {
        Task<JsonElement> first = _session.ExecuteAsync("first", s_long, Token);
        (_, ulong firstId) = await _monitor.ReceiveAsync();
        Task<JsonElement> second = _session.ExecuteAsync("second", s_long, Token);
        (_, ulong secondId) = await _monitor.ReceiveAsync();
        _monitor.Send($$"""{"return": "two", "id": {{secondId}}}""");
        _monitor.Send("""{"return": "nobody's", "id": 4711}""");
        _monitor.Send($$"""{"return": "one", "id": {{firstId}}}""");
        Assert.Equal(("one", "two"), ((await first).GetString(), (await second).GetString()));
    }

    [Fact]
    public async Task RefusedCommand_ErrorHoldsQemusWords()
    {
        Task<JsonElement> command = _session.ExecuteAsync("device_del", s_long, Token);
        (_, ulong id) = await _monitor.ReceiveAsync();
        _monitor.Send($$$"""{"id": {{{id}}}, "error": {"class": "DeviceNotFound", "desc": "Device 'x' not found"}}""");
        var error = await Assert.ThrowsAsync<HypervisorException>(() => command);
        Assert.Equal(FailureKind.FailedPrecondition, error.Kind);
        Assert.Contains("Device 'x' not found", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ComeBetweenAnswers()
    {
        Task<JsonElement> command = _session.ExecuteAsync("stop", s_long, Token);
        _monitor.Send("""{"event": "STOP", "timestamp": {}}""");
        await _monitor.AnswerAsync();
        await command;
        Assert.Equal("STOP", Assert.Single(_events).Name);
    }

    [Fact]
    public async Task ClosedMonitor_FailsWhoWaitsAndWhoComesLater()
    {
        Task<JsonElement> waiting = _session.ExecuteAsync("query-status", s_long, Token);
        await _monitor.ReceiveAsync();
        _monitor.Dispose();
        Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<HypervisorException>(() => waiting)).Kind);
        await _session.Closed;
        Task<JsonElement> later = _session.ExecuteAsync("query-status", s_long, Token);
        Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<HypervisorException>(() => later)).Kind);
    }

    [Fact]
    public async Task SilentMonitor_TimesOutByName()
    {
        Task<JsonElement> command = _session.ExecuteAsync("query-status", TimeSpan.FromMilliseconds(50), Token);
        var error = await Assert.ThrowsAsync<HypervisorException>(() => command);
        Assert.Equal(FailureKind.TimedOut, error.Kind);
        Assert.Contains("query-status", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rubbish_EndsTheSession()
    {
        Task<JsonElement> command = _session.ExecuteAsync("query-status", s_long, Token);
        await _monitor.ReceiveAsync();
        _monitor.Send("ceci n'est pas du JSON");
        var error = await Assert.ThrowsAsync<HypervisorException>(() => command);
        Assert.IsType<InvalidDataException>(error.InnerException);
        await _session.Closed;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
