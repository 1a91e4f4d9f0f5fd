namespace Skerry.Cli.Output;

/// <summary>How far slow work is.</summary>
/// <param name="Text">What is being done, as in "unpacking layer 2 of 3".</param>
/// <param name="Fraction">How much of the whole is done, 0 to 1; null when nobody knows.</param>
internal readonly record struct ProgressStep(string Text, double? Fraction = null);
