using System.Diagnostics;
using Skerry.Bench.Results;
using Skerry.SystemTests.Cri;

namespace Skerry.Bench.Pods;

/// <summary>One pod after the other: the time of each call, and what the pod's whole life costs the host's processors.</summary>
public sealed class SerialPodsScenario(PodNode node) : PodScenario(node)
{
    private const string Run = "RunPodSandbox";
    private const string Start = "CreateContainer and StartContainer";
    private const string Remove = "stop and remove";
    private const string StartTime = "processor time to start";
    private const string LifeTime = "processor time of a life";
    private const string ManagerTime = "processor time of containerd";
    private const string Milliseconds = "ms";
    private const string ProcessorMilliseconds = "CPU-ms";

    public override string Name => "pods one by one";

    public override IReadOnlyList<Comparison> Results() =>
    [
        .. new[] { Run, Start, Remove }.SelectMany(measure => (Comparison[])
        [
            Samples.Line($"{measure}, serial, p50", measure, Milliseconds),
            Samples.TailLine($"{measure}, serial, p99", measure, Milliseconds),
        ]),
        Samples.Line("host processor time of a pod, RunPodSandbox to StartContainer", StartTime, ProcessorMilliseconds),
        Samples.Line("host processor time of a pod, RunPodSandbox to RemovePodSandbox", LifeTime, ProcessorMilliseconds),
        Samples.Line("containerd's own share of that", ManagerTime, ProcessorMilliseconds),
    ];

    protected override async Task SampleAsync(string handler, CancellationToken cancellationToken)
    {
        (double total, double manager) = (Node.Account.Total(), Node.Account.OfContainerd());
        long begin = Stopwatch.GetTimestamp();
        await using Pod pod = await Node.RunAsync(handler);
        Samples.Add(handler, Run, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        begin = Stopwatch.GetTimestamp();
        await PodNode.StartContainerAsync(pod);
        Samples.Add(handler, Start, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        Samples.Add(handler, StartTime, Node.Account.Total() - total);
        Node.Account.Expect(PodNode.ProcessesOf(pod));
        begin = Stopwatch.GetTimestamp();
        await pod.EndAsync();
        Samples.Add(handler, Remove, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        Samples.Add(handler, LifeTime, Node.Account.Total() - total);
        Samples.Add(handler, ManagerTime, Node.Account.OfContainerd() - manager);
        await pod.ExpectNothingLeftAsync();
    }
}
