using System.Diagnostics;
using Skerry.Bench.Guests;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;
using Skerry.Vsock;

namespace Skerry.Bench.Scenarios;

/// <summary>A call of the agent (ttrpc over a vsock stream over a serial port) beside one byte echoed over the same kind of port.</summary>
public sealed class RoundTripScenario(EchoGuest echo) : IScenario
{
    private const int CallsPerSample = 500;
    private const double Budget = 1.5;
    private static readonly TimeSpan s_bootLimit = TimeSpan.FromSeconds(120);

    private readonly List<double> _calls = [];
    private readonly List<double> _slowCalls = [];
    private readonly List<double> _echoes = [];
    private readonly List<double> _slowEchoes = [];
    private BareGuest? _guest;
    private SerialPortCarrier? _carrier;
    private TtrpcClient? _client;

    public string Name => "round trip of a call";

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _guest = await BareGuest.StartAsync("microvm", Installation.Initrd, string.Empty, cancellationToken);
        _carrier = new SerialPortCarrier(_guest.Channel, ChannelRole.Host);
        _carrier.Start();
        VsockStream stream = await _carrier.ConnectAsync(VsockPorts.Agent, cancellationToken).WaitAsync(s_bootLimit, cancellationToken);
        _client = new TtrpcClient(stream);
        await MeasureAsync(() => new ValueTask(CallAsync(cancellationToken)));
    }

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        Samples echoes = await MeasureAsync(() => echo.EchoAsync(cancellationToken));
        Samples calls = await MeasureAsync(() => new ValueTask(CallAsync(cancellationToken)));
        _echoes.Add(echoes.Median);
        _slowEchoes.Add(echoes.Percentile(99));
        _calls.Add(calls.Median);
        _slowCalls.Add(calls.Percentile(99));
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        Line("agent call (Health/Check) round trip, p50", _calls, _echoes, Budget),
        Line("agent call (Health/Check) round trip, p99", _slowCalls, _slowEchoes, null),
    ];

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        if (_carrier is not null)
        {
            await _carrier.DisposeAsync();
        }

        if (_guest is not null)
        {
            await _guest.DisposeAsync();
        }
    }

    private static Comparison Line(string name, List<double> ours, List<double> reference, double? budget) => new()
    {
        Name = name,
        Ours = new Samples("µs", ours),
        Reference = new Samples("µs", reference),
        ReferenceName = "one byte echoed by a C /init",
        Budget = budget,
    };

    private static async Task<Samples> MeasureAsync(Func<ValueTask> call)
    {
        var times = new double[CallsPerSample];
        for (int index = 0; index < times.Length; index++)
        {
            long start = Stopwatch.GetTimestamp();
            await call();
            times[index] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return new Samples("µs", times);
    }

    private Task<HealthCheckResponse> CallAsync(CancellationToken cancellationToken) =>
        _client!.CallAsync(ServiceNames.Health, "Check", new CheckRequest(), HealthCheckResponse.Parser, timeout: null, cancellationToken);
}
