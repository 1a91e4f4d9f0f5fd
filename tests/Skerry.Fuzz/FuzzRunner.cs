using System.Diagnostics;

namespace Skerry.Fuzz;

/// <summary>Feeds a target with mutated inputs until time is up or it does not stand one.</summary>
internal sealed class FuzzRunner(IFuzzTarget target, int seed)
{
    private static readonly TimeSpan SlowestInput = TimeSpan.FromSeconds(10);

    private readonly Mutator _mutator = new(target, seed);

    /// <summary>Runs for <paramref name="duration"/>; returns the number of inputs.</summary>
    /// <exception cref="FuzzFinding">An input ended in an unexpected exception, took too long, or allocated too much.</exception>
    internal int RunFor(TimeSpan duration, CancellationToken cancellationToken)
    {
        long end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        int iteration = 0;
        while (iteration < target.Seeds.Count || Stopwatch.GetTimestamp() < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RunOne(iteration++);
        }

        return iteration;
    }

    /// <summary>Runs one input.</summary>
    /// <exception cref="FuzzFinding">As <see cref="RunFor"/>.</exception>
    internal void RunOne(int iteration)
    {
        byte[] input = _mutator.Make(iteration);
        long started = Stopwatch.GetTimestamp();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
        }
        catch (Exception error) when (target.IsExpected(error))
        {
            // Refused, as it should be.
        }
        catch (Exception error)
        {
            throw new FuzzFinding(target, seed, iteration, input, $"{error.GetType().Name}: {error.Message}", error);
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > target.MaxAllocatedBytes)
        {
            throw new FuzzFinding(target, seed, iteration, input, $"one input allocated {allocated} bytes", null);
        }

        TimeSpan taken = Stopwatch.GetElapsedTime(started);
        if (taken > SlowestInput)
        {
            throw new FuzzFinding(target, seed, iteration, input, $"one input took {taken.TotalSeconds:0.0} s", null);
        }
    }
}
