using System.Diagnostics;
using Skerry.Bench.Results;
using Skerry.Bench.Scenarios;
using Skerry.SystemTests.Cri;

namespace Skerry.Bench.Pods;

/// <summary>Ten pods at once, each RunPodSandbox to StartContainer: until the last runs, and each of them.</summary>
public sealed class PodsAtOnceScenario(PodNode node) : IScenario
{
    private const int AtOnce = 10;
    private const string All = "all";
    private const string Each = "each";
    private const string Share = "share";
    private const string RemoveAll = "remove";
    private const string Milliseconds = "ms";

    private readonly PodSamples _samples = new();

    public string Name => "pods at once";

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        foreach (string handler in PodSamples.Handlers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await SampleAsync(handler);
        }
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        _samples.Line("10 pods at once, until all containers run", All, Milliseconds),
        _samples.Line("10 pods at once, that divided by their number", Share, Milliseconds),
        _samples.Line("10 pods at once, each pod until its container runs, p50", Each, Milliseconds),
        _samples.TailLine("10 pods at once, each pod until its container runs, p99", Each, Milliseconds),
        _samples.Line("10 pods at once, until all are stopped and removed", RemoveAll, Milliseconds),
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task SampleAsync(string handler)
    {
        long begin = Stopwatch.GetTimestamp();
        (Pod Pod, double Milliseconds)[] pods = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => StartAsync(handler)));
        double all = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(pods.Select(pod => pod.Pod.EndAsync()));
        _samples.Add(handler, RemoveAll, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        await Task.WhenAll(pods.Select(pod => pod.Pod.ExpectNothingLeftAsync()));
        _samples.Add(handler, All, all);
        _samples.Add(handler, Share, all / AtOnce);
        foreach ((_, double milliseconds) in pods)
        {
            _samples.Add(handler, Each, milliseconds);
        }
    }

    private async Task<(Pod Pod, double Milliseconds)> StartAsync(string handler)
    {
        long begin = Stopwatch.GetTimestamp();
        Pod pod = await node.RunAsync(handler);
        await PodNode.StartContainerAsync(pod);
        return (pod, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
    }
}
