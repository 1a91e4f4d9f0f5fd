using Skerry.Bench.Pods;
using Skerry.Bench.Results;

namespace Skerry.Bench.Tests;

/// <summary>The verdict on pods that come and go.</summary>
public sealed class GrowthTests
{
    private const string Memory = "memory";

    [Fact]
    public void CountsThatEndAsTheyBegan_AreMet_WhateverWasBetween() => Assert.True(Judge([20, 31, 20], [50, 50, 50], [50, 50, 50])[0].Met);

    [Fact]
    public void ACountThatFell_IsMet() => Assert.True(Judge([20, 20, 18], [50, 50, 50], [50, 50, 50])[0].Met);

    [Fact]
    public void OneMoreThanBefore_IsMissed() => Assert.False(Judge([20, 20, 21], [50, 50, 50], [50, 50, 50])[0].Met);

    [Fact]
    public void MemoryThatGrowsAsItDoesUnderTheReference_IsMet() => Assert.True(Judge([0, 0, 0], [50, 80, 90], [50, 70, 85])[1].Met);

    [Fact]
    public void MemoryThatGrowsMoreThanUnderTheReference_IsMissed() => Assert.False(Judge([0, 0, 0], [50, 80, 90], [50, 50, 51])[1].Met);

    private static IReadOnlyList<Comparison> Judge(double[] counts, double[] memory, double[] referenceMemory) =>
        Growth.Judge(Of(counts, memory), Of([0, 0, 0], referenceMemory), ["mounts"], Memory);

    private static Trend Of(double[] counts, double[] memory) =>
        new("pods", [0, 50, 100], new Dictionary<string, IReadOnlyList<double>> { ["mounts"] = counts, [Memory] = memory });
}
