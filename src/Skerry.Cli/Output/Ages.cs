namespace Skerry.Cli.Output;

/// <summary>Durations for people.</summary>
internal static class Ages
{
    /// <summary>One unit is enough: <c>3 seconds</c>, <c>1 minute</c>, <c>5 days</c>.</summary>
    internal static string Describe(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => Count((int)Math.Max(0, age.TotalSeconds), "second"),
        { TotalMinutes: < 60 } => Count((int)age.TotalMinutes, "minute"),
        { TotalHours: < 24 } => Count((int)age.TotalHours, "hour"),
        _ => Count((int)age.TotalDays, "day"),
    };

    private static string Count(int count, string unit) => count == 1 ? $"1 {unit}" : $"{count} {unit}s";
}
