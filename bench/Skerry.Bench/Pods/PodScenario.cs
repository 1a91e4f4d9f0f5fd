using Skerry.Bench.Results;
using Skerry.Bench.Scenarios;

namespace Skerry.Bench.Pods;

/// <summary>Something that is measured of pods, in each round with each runtime after the other on a node that is there already.</summary>
public abstract class PodScenario(PodNode node) : IScenario
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>Where the pods run.</summary>
    protected PodNode Node { get; } = node;

    /// <summary>What was measured.</summary>
    protected PodSamples Samples { get; } = new();

    /// <summary>Rounds after which no more samples are taken.</summary>
    protected virtual int MostRounds => int.MaxValue;

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        foreach (string handler in round <= MostRounds ? PodSamples.Handlers : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            await SampleAsync(handler, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public abstract IReadOnlyList<Comparison> Results();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes one sample of the pods of <paramref name="handler"/>.</summary>
    protected abstract Task SampleAsync(string handler, CancellationToken cancellationToken);
}
