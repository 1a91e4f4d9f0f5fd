namespace Skerry.Cli.Checks;

/// <summary>What a check found, and what to do about it.</summary>
/// <param name="Name">What was checked, in a word or two.</param>
/// <param name="Outcome">Whether it is well.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Remedy">What would improve it; null when nothing has to.</param>
internal sealed record CheckResult(string Name, CheckOutcome Outcome, string Detail, string? Remedy = null);
