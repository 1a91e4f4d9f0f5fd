namespace Skerry.Agent.Tests.Harness;

/// <summary>What a process left.</summary>
public sealed record ProcessResult(int Status, string Output, string Error)
{
    /// <summary>The output without its last newline.</summary>
    public string Text => Output.TrimEnd('\n');
}
