using Skerry.Bench.Results;

namespace Skerry.Bench.Pods;

/// <summary>The verdict on cycles: no count is larger at the end than at the begin, and memory grows no more than under the reference.</summary>
public static class Growth
{
    /// <summary>A garbage-collected heap is never twice the same size.</summary>
    private const double ToleratedMegabytes = 8;

    /// <summary>A line for each count, and one for containerd's memory.</summary>
    /// <param name="ours">Counts and memory of our cycles.</param>
    /// <param name="reference">The same of as many cycles with runc.</param>
    /// <param name="counts">The names of what must not grow at all.</param>
    /// <param name="memory">The name of containerd's memory, in MB.</param>
    public static IReadOnlyList<Comparison> Judge(Trend ours, Trend reference, IEnumerable<string> counts, string memory) =>
    [
        .. counts.Select(name => new Comparison
        {
            Name = $"after {ours.At[^1]} pods came and went: {name}",
            Ours = new Samples("", [ours.Values[name][^1]]),
            Reference = new Samples("", [ours.Values[name][0]]),
            ReferenceName = "before",
            Relation = Relation.Difference,
            Budget = 0,
        }),
        new Comparison
        {
            Name = $"after {ours.At[^1]} pods came and went: growth of containerd's memory",
            Ours = Grown(ours, memory),
            Reference = Grown(reference, memory),
            ReferenceName = "with runc",
            Relation = Relation.Difference,
            Budget = ToleratedMegabytes,
        },
    ];

    private static Samples Grown(Trend trend, string name) => new("MB", [trend.Values[name][^1] - trend.Values[name][0]]);
}
