using System.Globalization;
using System.Text.RegularExpressions;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Scenarios;

/// <summary>How long the steps of a start and an end take, as <c>skerry run --timeline</c> prints them.</summary>
public sealed partial class StartStepsScenario(SkerryHost host) : IScenario
{
    private static readonly (string From, string To)[] s_intervals =
    [
        ("image ready", "vmm spawned"),
        ("vmm spawned", "kernel up"),
        ("kernel up", "agent ready"),
        ("agent ready", "container created"),
        ("container created", "container started"),
        ("container started", "first output"),
        ("exited", "guest ended"),
        ("guest ended", "cleaned up"),
    ];

    private readonly List<double>[] _milliseconds = [.. s_intervals.Select(_ => new List<double>())];

    public string Name => "steps of a start";

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        ToolResult result = await host.RunAsync(["run", "--rm", "--timeline", "busybox", "echo", "x"], cancellationToken);
        result.Ok();
        var steps = StepLine().Matches(result.Error).ToDictionary(line => line.Groups[1].Value, line => double.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture));
        for (int index = 0; index < s_intervals.Length; index++)
        {
            _milliseconds[index].Add(At(s_intervals[index].To) - At(s_intervals[index].From));
        }

        double At(string step) => steps.TryGetValue(step, out double at)
            ? at
            : throw new InvalidOperationException($"the time line has no step \"{step}\":\n{result.Error}");
    }

    public IReadOnlyList<Comparison> Results() =>
        [.. s_intervals.Zip(_milliseconds, (interval, values) => new Comparison { Name = $"step: {interval.From} to {interval.To}", Ours = new Samples("ms", values) })];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A name, two blanks or more, and when it happened.</summary>
    [GeneratedRegex(@"^(\S.*?) {2,}(\d+\.\d+)", RegexOptions.Multiline)]
    private static partial Regex StepLine();
}
