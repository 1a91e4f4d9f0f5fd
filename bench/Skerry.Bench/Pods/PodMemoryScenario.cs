using System.Diagnostics;
using System.Globalization;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;
using Skerry.SystemTests.Cri;

namespace Skerry.Bench.Pods;

/// <summary>Memory of idle pods: what a pod takes when it is the only one, and when more share what can be shared. And what waiting costs.</summary>
public sealed class PodMemoryScenario(PodNode node) : PodScenario(node)
{
    private const string Idle = "idle";
    private const double ToleratedShare = 0.002;
    private static readonly int[] s_counts = [1, 10, 20];
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    public override string Name => "memory of pods";

    /// <summary>Memory varies less than time, and twenty machines take long to start.</summary>
    protected override int MostRounds => 3;

    public override IReadOnlyList<Comparison> Results() =>
    [
        .. s_counts.Select(count => Samples.Line(
            string.Create(CultureInfo.InvariantCulture, $"memory of a pod (PSS of all its processes), {(count == 1 ? "one pod" : $"{count} pods")}"), MeasureOf(count), "MB")),
        Samples.Line($"processor time of a second in an idle pod, {s_counts[^1]} pods", Idle, "CPU-ms"),
    ];

    protected override async Task SampleAsync(string handler, CancellationToken cancellationToken)
    {
        var pods = new List<Pod>();
        try
        {
            foreach (int count in s_counts)
            {
                while (pods.Count < count)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    pods.Add(await Node.RunAsync(handler));
                    await PodNode.StartContainerAsync(pods[^1]);
                }

                int[] processes = [.. pods.SelectMany(PodNode.ProcessesOf)];
                await Quiet.WaitAsync(() => MegabytesOf(processes), MegabytesOf(processes) * ToleratedShare, cancellationToken);
                Samples.Add(handler, MeasureOf(count), MegabytesOf(processes) / count);
            }

            Samples.Add(handler, Idle, await IdleAsync(cancellationToken) / pods.Count);
        }
        finally
        {
            await Task.WhenAll(pods.Select(pod => pod.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Processor time that the node takes in a second with nothing to do, in milliseconds.</summary>
    private async Task<double> IdleAsync(CancellationToken cancellationToken)
    {
        double before = Node.Account.Total();
        long begin = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(s_idle);
        await timer.WaitForNextTickAsync(cancellationToken);
        return (Node.Account.Total() - before) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static double MegabytesOf(int[] processes) => processes.Sum(HostProcesses.ProportionalMegabytes);

    private static string MeasureOf(int count) => string.Create(CultureInfo.InvariantCulture, $"PSS {count}");
}
