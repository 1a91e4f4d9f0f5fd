using Skerry.Bench.Results;
using Skerry.SystemTests.Hosts;

namespace Skerry.Bench.Pods;

/// <summary>What was measured of each runtime's pods, by name of the measure.</summary>
public sealed class PodSamples
{
    /// <summary>The reference first: a disturbance at the begin of a round meets it.</summary>
    public static IReadOnlyList<string> Handlers { get; } = [CriHost.Runc, CriHost.Skerry];

    private readonly Dictionary<(string Handler, string Measure), List<double>> _values = [];

    public void Add(string handler, string measure, double value)
    {
        if (!_values.TryGetValue((handler, measure), out List<double>? list))
        {
            _values[(handler, measure)] = list = [];
        }

        list.Add(value);
    }

    /// <summary>The median of ours beside runc's.</summary>
    public Comparison Line(string name, string measure, string unit) => Line(name, unit, Of(CriHost.Skerry, measure, unit), Of(CriHost.Runc, measure, unit));

    /// <summary>The 99th percentile of ours beside runc's: the largest, below a hundred samples.</summary>
    public Comparison TailLine(string name, string measure, string unit) => Line(name, unit, Tail(CriHost.Skerry, measure, unit), Tail(CriHost.Runc, measure, unit));

    private Samples Of(string handler, string measure, string unit) => new(unit, _values[(handler, measure)]);

    private Samples Tail(string handler, string measure, string unit) => new(unit, [Of(handler, measure, unit).Percentile(99)]);

    private static Comparison Line(string name, string unit, Samples ours, Samples runc) =>
        new() { Name = name, Ours = ours, Reference = runc, ReferenceName = "runc" };
}
