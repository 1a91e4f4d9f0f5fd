using System.Diagnostics;
using Skerry.Bench.Guests;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;
using Skerry.Bench.Scenarios;

namespace Skerry.Bench;

/// <summary>One run: prepares every scenario, samples them in turns, and ends all it started, also after a failure.</summary>
public sealed class BenchRun(int samples) : IAsyncDisposable
{
    // Short, since paths of unix sockets end at 107 bytes.
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("skb-");
    private readonly Stack<IAsyncDisposable> _started = [];

    public async Task<ResultFile> MeasureAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> machine = await MachineDescription.ReadAsync(cancellationToken);
        IReadOnlyList<IScenario> scenarios = await PrepareAsync(cancellationToken);
        for (int round = 1; round <= samples; round++)
        {
            foreach (IScenario scenario in scenarios)
            {
                long start = Stopwatch.GetTimestamp();
                await scenario.SampleAsync(round, cancellationToken);
                await Console.Error.WriteLineAsync($"{round}/{samples} {scenario.Name}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
            }
        }

        return new ResultFile
        {
            MeasuredAt = TimeProvider.System.GetUtcNow(),
            Machine = machine,
            Comparisons = [.. scenarios.SelectMany(scenario => scenario.Results())],
        };
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            while (_started.TryPop(out IAsyncDisposable? started))
            {
                await started.DisposeAsync();
            }
        }
        finally
        {
            _directory.Delete(recursive: true);
        }
    }

    private async Task<IReadOnlyList<IScenario>> PrepareAsync(CancellationToken cancellationToken)
    {
        string bareInitrd = await BareInitrd.MakeAsync(Installation.Initrd, _directory.FullName, cancellationToken);
        BusyboxImage image = await BusyboxImage.MakeAsync(_directory.FullName, cancellationToken);
        ContainerdHost containerd = Keep(await ContainerdHost.StartAsync(_directory.FullName, image, cancellationToken));
        SkerryHost skerry = Keep(await SkerryHost.CreateAsync(_directory.FullName, image, cancellationToken));
        EchoGuest echo = Keep(await EchoGuest.StartAsync(bareInitrd, cancellationToken));
        IScenario[] scenarios =
        [
            new TaxScenario(containerd, bareInitrd),
            new FirstOutputScenario(skerry, "microvm", bareInitrd, _directory.FullName),
            new FirstOutputScenario(skerry, "q35", bareInitrd, _directory.FullName),
            new StartStepsScenario(skerry),
            new ShimStartScenario(containerd, _directory.FullName),
            new FootprintScenario(skerry),
            new RoundTripScenario(echo),
            new ThroughputScenario(skerry, echo),
            new NetworkScenario(skerry, _directory.FullName),
        ];
        foreach (IScenario scenario in scenarios)
        {
            await Keep(scenario).PrepareAsync(cancellationToken);
        }

        return scenarios;
    }

    private T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }
}
