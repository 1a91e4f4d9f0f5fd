using System.Diagnostics;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;
using Skerry.Bench.Scenarios;
using Skerry.SystemTests.Hosts;
using BusyboxImage = Skerry.Bench.Hosts.BusyboxImage;

namespace Skerry.Bench.Pods;

/// <summary>
/// Pods as a kubelet has them, through containerd's CRI and CNI's bridge, ours beside runc's: times, processor time, memory, network,
/// and many that come and go.
/// </summary>
public sealed class PodBench(int samples, int cycles) : IAsyncDisposable
{
    private const string TableBegins = "<!-- the newest table of pods, written by the program -->";

    // Short, since paths of unix sockets end at 107 bytes.
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("skb-");
    private readonly Stack<IAsyncDisposable> _started = [];

    public async Task<ResultFile> MeasureAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> machine = await MachineDescription.ReadAsync(cancellationToken);
        IReadOnlyList<Comparison> lines = await MeasureRoundsAsync(cancellationToken);
        Trend reference = await new PodCycles(CriHost.Runc, cycles).MeasureAsync(cancellationToken);
        Trend ours = await new PodCycles(CriHost.Skerry, cycles).MeasureAsync(cancellationToken);
        return new ResultFile
        {
            MeasuredAt = TimeProvider.System.GetUtcNow(),
            Machine = machine,
            Comparisons = [.. lines, .. Growth.Judge(ours, reference, ours.Values.Keys.Except(PodCycles.Memories), PodCycles.ManagerMemory)],
            Trends = [reference, ours],
        };
    }

    /// <summary>Writes the results under bench/results and into README.md. The chart has what compares with runc.</summary>
    public static void Report(ResultFile results) => ResultReport.Write(
        results,
        "pods-",
        date => BarChart.Draw($"Pods through CRI beside runc's, {date}", [.. results.Comparisons.Where(line => line.Relation == Relation.Ratio)]),
        TableBegins);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await EndAsync();
        }
        finally
        {
            _directory.Delete(recursive: true);
        }
    }

    private async Task<IReadOnlyList<Comparison>> MeasureRoundsAsync(CancellationToken cancellationToken)
    {
        BusyboxImage image = await BusyboxImage.MakeAsync(_directory.FullName, cancellationToken);
        SkerryHost skerry = Keep(await SkerryHost.CreateAsync(_directory.FullName, image, cancellationToken));
        PodNode node = Keep(await PodNode.StartAsync());
        IScenario[] scenarios =
        [
            new SerialPodsScenario(node),
            new PodsAtOnceScenario(node),
            new PodMemoryScenario(node),
            new NetworkScenario(skerry, _directory.FullName),
        ];
        await SampleAsync(scenarios, cancellationToken);
        IReadOnlyList<Comparison> lines = [.. scenarios.SelectMany(scenario => scenario.Results())];
        await EndAsync();
        return lines;
    }

    private async Task SampleAsync(IScenario[] scenarios, CancellationToken cancellationToken)
    {
        foreach (IScenario scenario in scenarios)
        {
            await Keep(scenario).PrepareAsync(cancellationToken);
        }

        for (int round = 1; round <= samples; round++)
        {
            foreach (IScenario scenario in scenarios)
            {
                long start = Stopwatch.GetTimestamp();
                await scenario.SampleAsync(round, cancellationToken);
                await Console.Error.WriteLineAsync($"{round}/{samples} {scenario.Name}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
            }
        }
    }

    /// <summary>Ends what was started, the newest first: cycles have a machine without other pods.</summary>
    private async Task EndAsync()
    {
        while (_started.TryPop(out IAsyncDisposable? started))
        {
            await started.DisposeAsync();
        }
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
