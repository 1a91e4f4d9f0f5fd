using System.Globalization;

namespace Skerry.Bench.Results;

/// <summary>Measurements of one thing, in one unit.</summary>
public sealed record Samples(string Unit, IReadOnlyList<double> Values)
{
    public double Median => Percentile(50);

    public double Smallest => Values.Min();

    public double Largest => Values.Max();

    /// <summary>The value below which <paramref name="percent"/> of the samples lie, by the nearest rank.</summary>
    public double Percentile(double percent)
    {
        double[] sorted = [.. Values.Order()];
        int rank = (int)Math.Ceiling(percent / 100 * sorted.Length);
        return sorted[Math.Clamp(rank - 1, 0, sorted.Length - 1)];
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Median:F2}{(Unit.Length > 0 ? " " : "")}{Unit} ({Smallest:F2} to {Largest:F2}, n={Values.Count})");
}
