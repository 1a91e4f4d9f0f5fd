using System.Diagnostics;
using System.Globalization;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;
using Skerry.Bench.Scenarios;
using Skerry.SystemTests.Cri;

namespace Skerry.Bench.Pods;

/// <summary>Memory of idle pods: what a pod takes when it is the only one, and when more share what can be shared. And what waiting costs.</summary>
public sealed class PodMemoryScenario(PodNode node) : IScenario
{
    private const string Idle = "idle";
    private const double ToleratedShare = 0.002;
    private static readonly int[] s_counts = [1, 10, 20];
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    /// <summary>Memory varies less than time, and twenty machines take long to start.</summary>
    private const int MostRounds = 3;

    private readonly PodSamples _samples = new();

    public string Name => "memory of pods";

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        foreach (string handler in round <= MostRounds ? PodSamples.Handlers : [])
        {
            await SampleAsync(handler, cancellationToken);
        }
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        .. s_counts.Select(count => _samples.Line(
            string.Create(CultureInfo.InvariantCulture, $"memory of a pod (PSS of all its processes), {(count == 1 ? "one pod" : $"{count} pods")}"), MeasureOf(count), "MB")),
        _samples.Line($"processor time of a second in an idle pod, {s_counts[^1]} pods", Idle, "CPU-ms"),
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task SampleAsync(string handler, CancellationToken cancellationToken)
    {
        var pods = new List<Pod>();
        try
        {
            foreach (int count in s_counts)
            {
                while (pods.Count < count)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    pods.Add(await node.RunAsync(handler));
                    await PodNode.StartContainerAsync(pods[^1]);
                }

                int[] processes = [.. pods.SelectMany(PodNode.ProcessesOf)];
                await Quiet.WaitAsync(() => MegabytesOf(processes), MegabytesOf(processes) * ToleratedShare, cancellationToken);
                _samples.Add(handler, MeasureOf(count), MegabytesOf(processes) / count);
            }

            _samples.Add(handler, Idle, await IdleAsync(cancellationToken) / pods.Count);
        }
        finally
        {
            await Task.WhenAll(pods.Select(pod => pod.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Processor time that the node takes in a second with nothing to do, in milliseconds.</summary>
    private async Task<double> IdleAsync(CancellationToken cancellationToken)
    {
        double before = node.Account.Total();
        long begin = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(s_idle);
        await timer.WaitForNextTickAsync(cancellationToken);
        return (node.Account.Total() - before) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static double MegabytesOf(int[] processes) => processes.Sum(HostProcesses.ProportionalMegabytes);

    private static string MeasureOf(int count) => string.Create(CultureInfo.InvariantCulture, $"PSS {count}");
}
