using Skerry.Bench.Results;

namespace Skerry.Bench.Tests;

/// <summary>The arithmetic behind the benchmarks' verdicts.</summary>
public sealed class ComparisonTests
{
    [Theory]
    [InlineData(50, 5)]
    [InlineData(99, 9)]
    [InlineData(100, 9)]
    [InlineData(0, 1)]
    public void APercentile_IsTheNearestRankWhateverTheOrder(double percent, double expected) =>
        Assert.Equal(expected, new Samples("ms", [9, 1, 8, 2, 7, 3, 6, 4, 5]).Percentile(percent));

    [Fact]
    public void OneSample_IsItsOwnMedian() => Assert.Equal(4.5, new Samples("ms", [4.5]).Median);

    [Fact]
    public void ARatio_IsOfMediansSoThatOneOutlierDoesNotCount()
    {
        Comparison line = Compare([10, 12, 900], [8, 8, 8], Relation.Ratio) with { Budget = 1.5 };

        Assert.Equal(1.5, line.Result);
        Assert.True(line.Met);
    }

    [Fact]
    public void ADifference_AboveTheBudgetIsMissed()
    {
        Comparison line = Compare([700], [500], Relation.Difference) with { Budget = 150 };

        Assert.Equal(200, line.Result);
        Assert.False(line.Met);
    }

    [Fact]
    public void ARate_MeetsItsBudgetFromAbove()
    {
        Comparison line = Compare([300], [400], Relation.Ratio) with { Budget = 0.7, MoreIsBetter = true };

        Assert.True(line.Met);
    }

    [Fact]
    public void WithoutReference_OursIsTheResultAndWithoutBudgetThereIsNoVerdict()
    {
        var line = new Comparison { Name = "threads", Ours = new Samples("", [20, 21, 22]) };

        Assert.Equal(21, line.Result);
        Assert.Null(line.Met);
    }

    private static Comparison Compare(double[] ours, double[] reference, Relation relation) => new()
    {
        Name = "a line",
        Ours = new Samples("ms", ours),
        Reference = new Samples("ms", reference),
        Relation = relation,
    };
}
