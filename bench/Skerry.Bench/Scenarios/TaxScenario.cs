using System.Diagnostics;
using System.Globalization;
using Skerry.Bench.Hosts;
using Skerry.Bench.Results;

namespace Skerry.Bench.Scenarios;

/// <summary>
/// Our tax: a whole <c>ctr run --rm</c> of <c>true</c>, from the start of ctr to its end, beyond what QEMU needs to bring the same
/// kernel, initramfs and devices to /init. runc's time for the same command tells how much of it is ctr and containerd.
/// </summary>
public sealed class TaxScenario(ContainerdHost containerd, string bareInitrd) : IScenario
{
    private const double FirstBudget = 150;
    private const double LaterBudget = 60;
    private const string Milliseconds = "ms";

    private readonly List<double> _skerry = [];
    private readonly List<double> _runc = [];
    private readonly List<double> _bare = [];

    public string Name => "tax of a start";

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task SampleAsync(int round, CancellationToken cancellationToken)
    {
        _bare.Add(await BareBoot.MeasureAsync("microvm", bareInitrd, cancellationToken));
        _skerry.Add(await RunAsync(ContainerdHost.SkerryRuntime, "skerry", round, cancellationToken));
        _runc.Add(await RunAsync(ContainerdHost.RuncRuntime, "runc", round, cancellationToken));
    }

    public IReadOnlyList<Comparison> Results() =>
    [
        Line("our tax on `ctr run --rm … true`, first run", FirstBudget, list => [list[0]]),
        Line("our tax on `ctr run --rm … true`, later runs", LaterBudget, Later),
        new Comparison
        {
            Name = "`ctr run --rm … true`",
            Ours = new Samples(Milliseconds, Later(_skerry)),
            Reference = new Samples(Milliseconds, Later(_runc)),
            ReferenceName = "runc",
        },
    ];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static List<double> Later(List<double> all) => all.Count > 1 ? all[1..] : all;

    private Comparison Line(string name, double budget, Func<List<double>, List<double>> choose) => new()
    {
        Name = name,
        Ours = new Samples(Milliseconds, choose(_skerry)),
        Reference = new Samples(Milliseconds, choose(_bare)),
        ReferenceName = BareBoot.Name,
        Relation = Relation.Difference,
        Budget = budget,
    };

    private async Task<double> RunAsync(string runtime, string prefix, int round, CancellationToken cancellationToken)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{round}");
        long start = Stopwatch.GetTimestamp();
        ToolResult result = await containerd.CtrAsync(["run", "--rm", "--runtime", runtime, BusyboxImage.Name, id, "true"], cancellationToken);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        result.Ok();
        return elapsed;
    }
}
