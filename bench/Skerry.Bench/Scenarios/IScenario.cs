using Skerry.Bench.Results;

namespace Skerry.Bench.Scenarios;

/// <summary>One thing that is measured. All scenarios are sampled in turns, so that a change of the machine's mood meets all of them.</summary>
public interface IScenario : IAsyncDisposable
{
    /// <summary>What is measured, for the progress line.</summary>
    string Name { get; }

    /// <summary>Makes what all samples share; whatever it starts is ended by disposal, also when it fails half-way.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Takes one sample of ours and one of the reference.</summary>
    /// <param name="round">The number of the sample, from 1.</param>
    Task SampleAsync(int round, CancellationToken cancellationToken);

    /// <summary>The lines of the table, once all samples are taken.</summary>
    IReadOnlyList<Comparison> Results();
}
