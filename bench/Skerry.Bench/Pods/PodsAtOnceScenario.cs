using System.Diagnostics;
using Skerry.Bench.Results;
using Skerry.SystemTests.Cri;

namespace Skerry.Bench.Pods;

/// <summary>Ten pods at once, each RunPodSandbox to StartContainer: until the last runs, and each of them.</summary>
public sealed class PodsAtOnceScenario(PodNode node) : PodScenario(node)
{
    private const int AtOnce = 10;
    private const string All = "all";
    private const string Each = "each";
    private const string Share = "share";
    private const string RemoveAll = "remove";
    private const string Milliseconds = "ms";

    public override string Name => "pods at once";

    public override IReadOnlyList<Comparison> Results() =>
    [
        Samples.Line("10 pods at once, until all containers run", All, Milliseconds),
        Samples.Line("10 pods at once, that divided by their number", Share, Milliseconds),
        Samples.Line("10 pods at once, each pod until its container runs, p50", Each, Milliseconds),
        Samples.TailLine("10 pods at once, each pod until its container runs, p99", Each, Milliseconds),
        Samples.Line("10 pods at once, until all are stopped and removed", RemoveAll, Milliseconds),
    ];

    protected override async Task SampleAsync(string handler, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        (Pod Pod, double Milliseconds)[] pods = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => StartAsync(handler)));
        double all = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(pods.Select(pod => pod.Pod.EndAsync()));
        Samples.Add(handler, RemoveAll, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        await Task.WhenAll(pods.Select(pod => pod.Pod.ExpectNothingLeftAsync()));
        Samples.Add(handler, All, all);
        Samples.Add(handler, Share, all / AtOnce);
        foreach ((_, double milliseconds) in pods)
        {
            Samples.Add(handler, Each, milliseconds);
        }
    }

    private async Task<(Pod Pod, double Milliseconds)> StartAsync(string handler)
    {
        long begin = Stopwatch.GetTimestamp();
        Pod pod = await Node.RunAsync(handler);
        await PodNode.StartContainerAsync(pod);
        return (pod, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
    }
}
