using System.Diagnostics;
using Skerry.Bench.Results;
using Skerry.Bench.Scenarios;
using Skerry.SystemTests.Cri;

namespace Skerry.Bench.Pods;

/// <summary>One pod after the other: the time of each call, and what the pod's whole life costs the host's processors.</summary>
public sealed class SerialPodsScenario(PodNode node) : IScenario
{
    private const string Run = "RunPodSandbox";
    private const string Start = "CreateContainer and StartContainer";
    private const string Remove = "stop and remove";
    private const string StartTime = "processor time to start";
    private const string LifeTime = "processor time of a life";
    private const string ManagerTime = "processor time of containerd";
    private const string Milliseconds = "ms";
    private const string ProcessorMilliseconds = "CPU-ms";

    private readonly PodSamples _samples = new();

    public string Name => "pods one by one";

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
        .. new[] { Run, Start, Remove }.SelectMany(measure => (Comparison[])
        [
            _samples.Line($"{measure}, serial, p50", measure, Milliseconds),
            _samples.TailLine($"{measure}, serial, p99", measure, Milliseconds),
        ]),
        _samples.Line("host processor time of a pod, RunPodSandbox to StartContainer", StartTime, ProcessorMilliseconds),
        _samples.Line("host processor time of a pod, RunPodSandbox to RemovePodSandbox", LifeTime, ProcessorMilliseconds),
        _samples.Line("containerd's own share of that", ManagerTime, ProcessorMilliseconds),
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task SampleAsync(string handler)
    {
        (double total, double manager) = (node.Account.Total(), node.Account.OfContainerd());
        long begin = Stopwatch.GetTimestamp();
        await using Pod pod = await node.RunAsync(handler);
        _samples.Add(handler, Run, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        begin = Stopwatch.GetTimestamp();
        await PodNode.StartContainerAsync(pod);
        _samples.Add(handler, Start, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        _samples.Add(handler, StartTime, node.Account.Total() - total);
        node.Account.Expect(PodNode.ProcessesOf(pod));
        begin = Stopwatch.GetTimestamp();
        await pod.EndAsync();
        _samples.Add(handler, Remove, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        _samples.Add(handler, LifeTime, node.Account.Total() - total);
        _samples.Add(handler, ManagerTime, node.Account.OfContainerd() - manager);
        await pod.ExpectNothingLeftAsync();
    }
}
