namespace Skerry.Bench.Results;

/// <summary>One line of the table: ours beside a reference measured in the same run, and the budget for their relation.</summary>
public sealed record Comparison
{
    /// <summary>What was measured, as the budget table of the design names it.</summary>
    public required string Name { get; init; }

    public required Samples Ours { get; init; }

    /// <summary>What ours is compared with; null for a plain number.</summary>
    public Samples? Reference { get; init; }

    /// <summary>What the reference is, as in "containerd-shim-runc-v2 start".</summary>
    public string? ReferenceName { get; init; }

    /// <summary>How ours and reference are put together: their ratio, or ours minus the reference.</summary>
    public Relation Relation { get; init; } = Relation.Ratio;

    /// <summary>The largest (for rates: smallest) result that meets the budget; null without one.</summary>
    public double? Budget { get; init; }

    /// <summary>Whether more is better, as for rates.</summary>
    public bool MoreIsBetter { get; init; }

    /// <summary>Ratio of medians, difference of medians, or our median.</summary>
    public double Result => (Reference, Relation) switch
    {
        (null, _) => Ours.Median,
        (_, Relation.Ratio) => Ours.Median / Reference.Median,
        _ => Ours.Median - Reference.Median,
    };

    /// <summary>True or false where there is a budget.</summary>
    public bool? Met => Budget is not double budget ? null : MoreIsBetter ? Result >= budget : Result <= budget;
}

/// <summary>How a measurement relates to its reference.</summary>
public enum Relation
{
    Ratio,
    Difference,
}
