namespace Skerry.Bench.Results;

/// <summary>One bar of parts that follow each other.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Parts">Each part's name and length, in the chart's unit.</param>
public sealed record StackedBar(string Name, IReadOnlyList<(string Name, double Length)> Parts);
