namespace Skerry.Cli.Checks;

/// <summary>One question about the machine: can it run containers? Changes nothing.</summary>
internal abstract class HostCheck(string name)
{
    /// <summary>What is checked, in a word or two.</summary>
    internal string Name { get; } = name;

    /// <summary>Finds out.</summary>
    internal abstract Task<CheckResult> RunAsync(CheckSubject subject, CancellationToken cancellationToken);

    private protected CheckResult Passed(string detail) => new(Name, CheckOutcome.Passed, detail);

    private protected CheckResult Noted(string detail, string? remedy) => new(Name, CheckOutcome.Noted, detail, remedy);

    private protected CheckResult Failed(string detail, string remedy) => new(Name, CheckOutcome.Failed, detail, remedy);
}
