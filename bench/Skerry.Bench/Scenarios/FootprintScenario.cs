using System.Globalization;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;
using Skerry.Protocols;
using Skerry.Protocols.Agent;
using Skerry.Protocols.Ttrpc;
using Skerry.Vsock;

namespace Skerry.Bench.Scenarios;

/// <summary>What one sandbox with one idle container takes: memory of its processes and of the agent, processes, threads, descriptors.</summary>
public sealed class FootprintScenario(SkerryHost host) : IScenario
{
    private const string Shim = "shim";
    private const string MetricOfAgentMemory = "kata_agent_total_rss ";
    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(60);
    private const double ToleratedMegabytes = 0.1;

    private readonly SortedDictionary<string, List<double>> _values = [];

    public string Name => "footprint of an idle container";

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        await using IdleContainer container = await host.StartIdleAsync(string.Create(CultureInfo.InvariantCulture, $"idle-{round}"), cancellationToken);
        IReadOnlyDictionary<string, int> processes = container.Processes();
        await Quiet.WaitAsync(() => HostProcesses.ProportionalMegabytes(processes[Shim]), ToleratedMegabytes, cancellationToken);
        foreach ((string role, int pid) in processes)
        {
            // The C file daemon is two processes: a parent that waits, and the one that serves.
            int[] all = role == Shim ? [pid] : [.. HostProcesses.TreeOf(pid)];
            Add($"{role} PSS", all.Sum(HostProcesses.ProportionalMegabytes));
            Add($"{role} RSS", all.Sum(HostProcesses.ResidentMegabytes));
        }

        IReadOnlyList<int> tree = HostProcesses.TreeOf(processes[Shim]);
        Add("processes", tree.Count);
        Add("threads", tree.Sum(HostProcesses.Threads));
        Add("descriptors", tree.Sum(HostProcesses.Descriptors));
        Add("agent", await AgentMegabytesAsync(container, cancellationToken));
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        Line("shim PSS, one idle container", "shim PSS", "MB", 8),
        Line("shim RSS, one idle container", "shim RSS", "MB"),
        Line("VMM PSS (256 MiB guest)", "vmm PSS", "MB"),
        Line("file daemon PSS", "virtiofsd PSS", "MB"),
        Line("agent RSS, one idle container", "agent", "MB", 5),
        Line("host processes per sandbox", "processes", "", 3),
        Line("host threads per sandbox", "threads", ""),
        Line("host descriptors per sandbox", "descriptors", ""),
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Comparison Line(string name, string key, string unit, double? budget = null) =>
        new() { Name = name, Ours = new Samples(unit, _values[key]), Budget = budget };

    private void Add(string key, double value)
    {
        if (!_values.TryGetValue(key, out List<double>? list))
        {
            _values[key] = list = [];
        }

        list.Add(value);
    }

    private static async Task<double> AgentMegabytesAsync(IdleContainer container, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_callLimit);
        await using var dialer = new HybridVsockDialer(container.VsockSocket);
        await using var client = new TtrpcClient(await dialer.ConnectAsync(VsockPorts.Agent, limit.Token));
        Metrics metrics = await client.CallAsync(ServiceNames.Agent, "GetMetrics", new GetMetricsRequest(), Metrics.Parser, s_callLimit, limit.Token);
        string line = metrics.Metrics_.Split('\n').First(text => text.StartsWith(MetricOfAgentMemory, StringComparison.Ordinal));
        return double.Parse(line[MetricOfAgentMemory.Length..], CultureInfo.InvariantCulture) / 1e6;
    }
}
