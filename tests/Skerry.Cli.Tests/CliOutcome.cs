namespace Skerry.Cli.Tests;

/// <summary>What a run of the program gave.</summary>
internal sealed record CliOutcome(int Code, string Out, string Error);
