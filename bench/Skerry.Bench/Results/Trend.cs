namespace Skerry.Bench.Results;

/// <summary>How numbers go over many repetitions of the same thing.</summary>
/// <param name="Name">What was repeated.</param>
/// <param name="At">After how many repetitions the numbers were read; the first after the ones to warm up.</param>
/// <param name="Values">The numbers by name, one for each reading.</param>
public sealed record Trend(string Name, IReadOnlyList<int> At, IReadOnlyDictionary<string, IReadOnlyList<double>> Values);
